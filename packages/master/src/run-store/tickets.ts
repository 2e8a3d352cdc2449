import { writeFileSync } from "node:fs";
import { readdir, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TaskResult } from "@sloth/runtime";
import { ensureStateDirectory } from "@sloth/workspace";
import { z } from "zod";
import { defined } from "../events/decode-event.js";
import { result } from "../events/event-schema.js";
import { parseJson, writeJson } from "../events/json-text.js";
import type { JsonValue } from "../events/json-value.js";
import { decodeResult, encodeResult } from "../events/result-json.js";
import { RUN_FILES, readWhole } from "./run-files.js";
import { makeDirectories, runsDirectory } from "./run-store.js";

const ticket = z.object({
  v: z.literal(1),
  group: z.string(),
  task: z.string(),
  attempt: z.int().min(1),
  /** 128 bits in hex, by which the agent knows the attempt. */
  key: z.string().regex(/^[0-9a-f]{32}$/),
  agent: z.object({
    label: z.string(),
    host: z.string(),
    port: z.int(),
    certificateHost: z.string().optional(),
    credential: z.union([z.object({ file: z.string() }), z.object({ env: z.string() })]).optional(),
  }),
  /** Of the agent's process. */
  instanceId: z.string(),
  /** Root and digest of the snapshot that it was given. */
  root: z.string(),
  base: z.string().regex(/^[0-9a-f]{64}$/),
  /**
   * The run whose record has what it has printed until now, and whether its start is told there. Absent: this one, which
   * has begun or joined it.
   */
  origin: z.object({ runId: z.string(), hasStarted: z.boolean() }).optional(),
  /** Absent: it has none yet. */
  result: result.optional(),
});

/** What another process of sloth needs to join an attempt that this one has begun on an agent, or to know its result. */
export type Ticket = Omit<z.infer<typeof ticket>, "v" | "result"> & { result?: TaskResult };

/** The tickets of one run, each there from before its attempt can start until the end of its task is recorded. */
export interface Tickets {
  /** @param encodedBase - the manifest of its snapshot, written once for each digest */
  write(ticket: Ticket, encodedBase: Uint8Array): Promise<void>;
  /** Removes one, of an attempt that has not started, and will not. */
  drop(key: string): Promise<void>;
  /** Puts down the result, before the agent forgets it. */
  settle(key: string, result: TaskResult): Promise<void>;
  /** Removes those of a task up to an attempt; its end, or that it is tried again, is recorded. */
  forget(task: { group: string; name: string }, upTo: number): Promise<void>;
}

/** Makes nothing before something is written. Calls may overlap. */
export function openTickets(workflowDirectory: string, runId: string): Tickets {
  const run = join(runsDirectory(workflowDirectory), runId);
  const directory = join(run, RUN_FILES.attempts);
  const bases = new Map<string, Promise<void>>();
  let ready: Promise<void> | undefined;
  const place = async (name: string, data: string | Uint8Array) => {
    const draft = join(directory, `.${name}`);
    await writeFile(draft, data, { mode: 0o600 });
    await rename(draft, join(directory, name));
  };
  const open = new Map<string, Ticket>();
  const drop = async (key: string) => {
    if (!open.delete(key)) return;
    await unlink(join(directory, `${key}.json`)).catch((cause) => {
      if (cause.code !== "ENOENT") throw cause;
    });
  };
  const nameOf = ({ key }: Ticket) => `${key}.json`;
  return {
    async write(ticket, encodedBase) {
      const { base, key } = ticket;
      ready ??= makeDirectories(ensureStateDirectory(workflowDirectory), directory);
      await ready;
      const written = bases.get(base) ?? place(base, encodedBase);
      bases.set(base, written);
      await written;
      open.set(key, ticket);
      // At once: of one that was cut off the attempt has not begun, and four turns of a thread pool cost more.
      writeFileSync(join(directory, nameOf(ticket)), encode(ticket), { mode: 0o600 });
    },
    async settle(key, result) {
      const ticket = open.get(key);
      if (ticket) await place(nameOf(ticket), encode({ ...ticket, result }));
    },
    drop,
    async forget({ group, name }, upTo) {
      for (const [key, { attempt, ...ticket }] of open)
        if (ticket.group === group && ticket.task === name && attempt <= upTo) await drop(key);
    },
  };
}

function encode({ result, ...ticket }: Ticket): string {
  return writeJson({ v: 1, ...ticket, ...(result && { result: encodeResult(result) }) } as JsonValue);
}

/** Those that are left of a run whose process is gone. What cannot be read is none. */
export async function readTickets(runDirectory: string): Promise<Ticket[]> {
  const directory = join(runDirectory, RUN_FILES.attempts);
  const names = await readdir(directory).catch(() => []);
  const read = names
    .filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
    .map(async (name) => {
      try {
        const { data } = ticket.safeParse(parseJson(String(await readWhole(join(directory, name)))));
        if (!data) return [];
        const { result, ...known } = data;
        return { ...known, ...(result && { result: decodeResult(defined(result)) }) };
      } catch {
        // It has gone meanwhile, or is damaged.
        return [];
      }
    });
  return (await Promise.all(read)).flat();
}

/** The encoded manifest of a snapshot that an attempt was given; undefined where it is gone. */
export function readBase(runDirectory: string, digest: string): Promise<Uint8Array | undefined> {
  return readWhole(join(runDirectory, RUN_FILES.attempts, digest));
}
