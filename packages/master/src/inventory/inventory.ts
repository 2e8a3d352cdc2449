import { readFile } from "node:fs/promises";
import { type Delegation, parseAddress } from "@sloth/dsl";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { MasterError } from "../master-error.js";

/** An agent that a task can be sent to. */
export interface AgentTarget {
  /** As the workflow calls it; what people read. */
  label: string;
  host: string;
  port: number;
}

/** Named agents, and addresses that stand for others. */
export interface Inventory {
  /** @throws {MasterError} UNKNOWN_AGENT */
  resolve(delegation: Delegation): AgentTarget;
}

const inventorySchema = z.record(z.string().min(1), z.strictObject({ address: z.string() }));

/** Addresses stand for themselves; there are no names. */
export const emptyInventory: Inventory = makeInventory(new Map(), undefined);

/**
 * Reads an inventory: a YAML map from a name or an address (`host:port`) to `{ address: "host:port" }`.
 * @throws {MasterError} INVENTORY, with the file and, where it is known, the line.
 */
export async function readInventory(file: string): Promise<Inventory> {
  const document = parse(await readText(file), file);
  const checked = inventorySchema.safeParse(document ?? {});
  if (!checked.success) {
    const { issues } = checked.error;
    // A mistyped key is the cause of the one that is missing.
    const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
    const where = issue?.path.map((part) => `"${String(part)}"`).join(" → ") || "the file";
    throw new MasterError("INVENTORY", `${file}: ${where}: ${issue?.message}. ${EXPECTED}`);
  }
  const agents = new Map<string, { host: string; port: number }>();
  for (const [name, { address }] of Object.entries(checked.data)) {
    const parsed = parseAddress(address);
    if ("problem" in parsed) throw new MasterError("INVENTORY", `${file}: "${name}": ${parsed.problem}`);
    const { host, port } = parsed.value;
    agents.set(name, { host, port });
  }
  return makeInventory(agents, file);
}

const EXPECTED = 'An entry looks like this: "build1": { address: "localhost:50051" }';

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === "ENOENT" ? "it does not exist" : (cause as Error).message;
    throw new MasterError("INVENTORY", `The inventory ${file} cannot be read: ${reason}.`, { cause });
  }
}

function parse(text: string, file: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if (!mistake) return document.toJS();
  const { line, col } = lines.linePos(mistake.pos[0]);
  throw new MasterError("INVENTORY", `${file}:${line}:${col}: ${mistake.message}`);
}

function makeInventory(
  agents: Map<string, { host: string; port: number }>,
  file: string | undefined,
): Inventory {
  return {
    resolve(delegation) {
      if (delegation.kind === "address") {
        const label = formatAddress(delegation.host, delegation.port);
        return { label, ...(agents.get(label) ?? { host: delegation.host, port: delegation.port }) };
      }
      const known = agents.get(delegation.name);
      if (known) return { label: delegation.name, ...known };
      throw new MasterError("UNKNOWN_AGENT", unknownAgent(delegation.name, [...agents.keys()], file));
    },
  };
}

function unknownAgent(name: string, known: string[], file: string | undefined): string {
  if (!file) {
    return `There is no agent "${name}": no inventory was given. Use "host:port", or name an inventory with --agents FILE.`;
  }
  return `There is no agent "${name}" in ${file}. It has: ${known.join(", ") || "none"}.`;
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
