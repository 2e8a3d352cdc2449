import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AgentServiceDefinition,
  type AgentServiceImplementation,
  agentServerOptions,
  type DownloadResponse,
  type ExecuteRequest,
  type ExecuteResponse,
  type Open,
  Status,
  withTunedServers,
} from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskResult, TaskRunner } from "@sloth/runtime";
import { type Changeset, encodeChangeset, type ManifestEntry } from "@sloth/workspace";
import { createServer } from "nice-grpc";
import { expect, onTestFinished } from "vitest";
import { AgentPool } from "../dispatch/agent-pool.js";
import { lossTerms } from "../dispatch/loss-terms.js";
import { createRemoteTaskRunner, Workspaces } from "../dispatch/remote-task-runner.js";

export type Frame = NonNullable<ExecuteResponse["frame"]>;

export interface ScriptedAgentOptions {
  /** What it sends for contents. Default: nothing. */
  download?: readonly DownloadResponse[];
  /** What it says that it can. Default: nothing. */
  features?: readonly string[];
}

/**
 * An agent of somebody else's, and a runner that knows it as "elsewhere".
 * @param script - what it sends on a stream that was opened so, whatever the master says
 */
export async function startScriptedAgent(
  script: (open: Open) => Iterable<Frame> | AsyncIterable<Frame>,
  { download = [], features = [] }: ScriptedAgentOptions = {},
): Promise<TaskRunner> {
  const service: AgentServiceImplementation = {
    hello: async () => ({
      protocol: 1,
      features: [...features],
      softwareVersion: "x",
      instanceId: "i",
      slots: 1,
      os: "linux",
      arch: "x64",
    }),
    async *execute(requests: AsyncIterable<ExecuteRequest>): AsyncGenerator<ExecuteResponse> {
      const inbox = requests[Symbol.asyncIterator]();
      const { value } = await inbox.next();
      if (value?.frame?.$case !== "open") throw new Error("The first frame is open.");
      for await (const frame of script(value.frame.open)) yield { frame };
    },
    status: async () => ({ running: 0, queued: 0, draining: false, uptimeMs: 0, holds: [] }),
    upload: async () => ({ received: undefined }),
    async *download() {
      yield* download;
    },
  };
  const server = createServer(agentServerOptions);
  server.add(AgentServiceDefinition, service);
  const port = await withTunedServers(() => server.listen("127.0.0.1:0"));
  const pool = new AgentPool({ isInsecure: true });
  onTestFinished(async () => {
    await pool.close();
    server.forceShutdown();
  });
  const target = { label: "elsewhere", host: "127.0.0.1", port };
  return createRemoteTaskRunner({ pool, workspaces: new Workspaces(), target, loss: lossTerms() });
}

export function makeWorkspace(): string {
  const root = mkdtempSync(join(tmpdir(), "sloth-master-"));
  writeFileSync(join(root, "kept"), "as it was");
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}

function attempt(workspace: string): Attempt {
  return {
    runId: "r",
    group: "g",
    task: "t",
    number: 1,
    command: { kind: "shell", script: "true" },
    workspace,
    workdir: "",
    params: {},
    deps: {},
    env: {},
    umask: 0o022,
    graceMs: 100,
  };
}

export async function runScripted(
  runner: TaskRunner,
  workspace: string,
  signal = new AbortController().signal,
  onEvent: (event: TaskEvent) => void = () => {},
): Promise<TaskResult> {
  for await (const event of runner.run(attempt(workspace), { signal })) {
    onEvent(event);
    if (event.type === "result") return event.result;
  }
  throw new Error("no result");
}

export function expectUntouched(workspace: string): void {
  expect(readdirSync(workspace).sort()).toEqual([".sloth", "kept"]);
  expect(readFileSync(join(workspace, "kept"), "utf8")).toBe("as it was");
  expect(readdirSync(join(workspace, ".sloth", "staging"))).toEqual([]);
}

export const toStarted: Frame[] = [
  { $case: "accepted", accepted: { leaseMs: 60_000, bundleNeeded: false, idempotencyKey: "" } },
  { $case: "granted", granted: { transferId: "t" } },
  { $case: "need", need: { all: true, sha256: [] } },
  { $case: "started", started: { verifyUs: 0, updateUs: 0 } },
];

export const succeeded = {
  $case: "finished" as const,
  finished: {
    status: Status.STATUS_SUCCEEDED,
    exitCode: 0,
    signal: "",
    message: undefined,
    traceback: "",
    outputs: undefined,
    exports: undefined,
    changesFollow: true,
    captureUs: 0,
  },
};

export function output(seq: number, offset: number, text: string): Frame {
  return { $case: "output", output: { seq, stream: 1, offset, data: Buffer.from(text) } };
}

export function changes(
  data: Uint8Array,
  contents: boolean,
  digest = createHash("sha256").update(data).digest("hex"),
): Frame {
  return { $case: "changes", changes: { data, last: true, digest, contents } };
}

export function file(path: string, content = "x"): ManifestEntry {
  const digest = createHash("sha256").update(content).digest("hex");
  return { path, kind: "file", mode: 0o644, mtimeUs: 0, sizeBytes: content.length, digest };
}

export function link(path: string, target: string): ManifestEntry {
  return { path, kind: "symlink", mode: 0, mtimeUs: 0, sizeBytes: 0, target };
}

export function encoded(changeset: Partial<Changeset>): Uint8Array {
  return encodeChangeset({ upserts: [], deletions: [], ...changeset });
}
