import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AgentServiceDefinition,
  type AgentServiceImplementation,
  agentServerOptions,
  type DownloadResponse,
  type ExecuteRequest,
  type ExecuteResponse,
  Status,
} from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskResult } from "@sloth/runtime";
import { type Changeset, encodeChangeset, type ManifestEntry } from "@sloth/workspace";
import { createServer } from "nice-grpc";
import { describe, expect, it, onTestFinished } from "vitest";
import { AgentPool } from "./agent-pool.js";
import { createRemoteTaskRunner, Workspaces } from "./remote-task-runner.js";

type Frame = NonNullable<ExecuteResponse["frame"]>;

/** An agent of somebody else's: it sends these frames, whatever the master says. */
async function startAgent(
  frames: () => Iterable<Frame> | AsyncIterable<Frame>,
  download: DownloadResponse[] = [],
) {
  const service: AgentServiceImplementation = {
    hello: async () => ({
      protocol: 1,
      features: [],
      softwareVersion: "x",
      instanceId: "i",
      slots: 1,
      os: "linux",
      arch: "x64",
    }),
    async *execute(requests: AsyncIterable<ExecuteRequest>): AsyncGenerator<ExecuteResponse> {
      const inbox = requests[Symbol.asyncIterator]();
      await inbox.next();
      for await (const frame of frames()) yield { frame };
    },
    status: async () => ({ running: 0, queued: 0, draining: false, uptimeMs: 0, holds: [] }),
    upload: async () => ({ received: undefined }),
    async *download() {
      yield* download;
    },
  };
  const server = createServer(agentServerOptions);
  server.add(AgentServiceDefinition, service);
  const port = await server.listen("127.0.0.1:0");
  const pool = new AgentPool({ isInsecure: true });
  onTestFinished(() => {
    pool.close();
    server.forceShutdown();
  });
  const target = { label: "elsewhere", host: "127.0.0.1", port };
  return createRemoteTaskRunner({ pool, workspaces: new Workspaces(), target });
}

function makeWorkspace(): string {
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

async function run(
  runner: Awaited<ReturnType<typeof startAgent>>,
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

function expectUntouched(workspace: string): void {
  expect(readdirSync(workspace).sort()).toEqual([".sloth", "kept"]);
  expect(readFileSync(join(workspace, "kept"), "utf8")).toBe("as it was");
  expect(readdirSync(join(workspace, ".sloth", "staging"))).toEqual([]);
}

const toStarted: Frame[] = [
  { $case: "accepted", accepted: { leaseMs: 60_000, bundleNeeded: false, idempotencyKey: "" } },
  { $case: "granted", granted: { transferId: "t" } },
  { $case: "need", need: { all: true, sha256: [] } },
  { $case: "started", started: { verifyUs: 0, updateUs: 0 } },
];

const succeeded = {
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

function output(seq: number, offset: number, text: string): Frame {
  return { $case: "output", output: { seq, stream: 1, offset, data: Buffer.from(text) } };
}

function changes(
  data: Uint8Array,
  contents: boolean,
  digest = createHash("sha256").update(data).digest("hex"),
): Frame {
  return { $case: "changes", changes: { data, last: true, digest, contents } };
}

function file(path: string, content = "x"): ManifestEntry {
  const digest = createHash("sha256").update(content).digest("hex");
  return { path, kind: "file", mode: 0o644, mtimeUs: 0, sizeBytes: content.length, digest };
}

function link(path: string, target: string): ManifestEntry {
  return { path, kind: "symlink", mode: 0, mtimeUs: 0, sizeBytes: 0, target };
}

function encoded(changeset: Partial<Changeset>): Uint8Array {
  return encodeChangeset({ upserts: [], deletions: [], ...changeset });
}

describe("an agent that is not to be trusted changes nothing here", () => {
  it.each<[string, Frame[], TaskResult["status"], RegExp]>([
    ["when it ends before it starts", [], "lost", /result|started/],
    [
      "when it skips the beginning",
      [{ $case: "started", started: { verifyUs: 0, updateUs: 0 } }],
      "lost",
      /started/,
    ],
    ["when it ends while the task runs", toStarted, "lost", /unknown/],
    ["when output is missing", [...toStarted, output(2, 0, "a")], "lost", /lost/],
    ["when output comes twice", [...toStarted, output(1, 0, "a"), output(1, 0, "a")], "lost", /lost/],
    ["when output leaves a gap", [...toStarted, output(1, 0, "a"), output(2, 5, "b")], "lost", /lost/],
    [
      "when its changes are no changeset",
      [...toStarted, succeeded, changes(Buffer.from("junk"), false)],
      "lost",
      /./,
    ],
    [
      "when its changes are not what their digest says",
      [...toStarted, succeeded, changes(encoded({}), false, "00")],
      "lost",
      /digest/,
    ],
    [
      "when it deletes everything",
      [...toStarted, succeeded, changes(encoded({ deletions: ["kept"] }), false)],
      "failed",
      /every/,
    ],
    [
      "when it deletes what was never sent",
      [...toStarted, succeeded, changes(encoded({ deletions: ["other"] }), false)],
      "lost",
      /./,
    ],
    [
      "when it makes a link that leads out",
      [...toStarted, succeeded, changes(encoded({ upserts: [link("l", "/etc")] }), false)],
      "failed",
      /"l".*\/etc/,
    ],
    [
      "when it writes into .git",
      [...toStarted, succeeded, changes(encoded({ upserts: [link(".git", "kept")] }), false)],
      "failed",
      /\.git/,
    ],
    ["when it promises changes and ends", [...toStarted, succeeded], "lost", /its changes are lost/],
    [
      "when it keeps the contents back",
      [...toStarted, succeeded, changes(encoded({ upserts: [file("new")] }), true)],
      "lost",
      /./,
    ],
    [
      "when it announces contents that nothing needs",
      [...toStarted, succeeded, changes(encoded({}), true)],
      "lost",
      /contents/,
    ],
    [
      "when it goes on after the end",
      [
        ...toStarted,
        { ...succeeded, finished: { ...succeeded.finished, changesFollow: false } } as Frame,
        output(1, 0, "a"),
      ],
      "lost",
      /output/,
    ],
  ])("%s", async (_, frames, status, message) => {
    const workspace = makeWorkspace();
    const result = await run(await startAgent(() => frames), workspace);
    expect(result.message).toMatch(message);
    expect(result.status).toBe(status);
    expectUntouched(workspace);
  });

  it("when its contents are no archive", async () => {
    const workspace = makeWorkspace();
    const frames = [...toStarted, succeeded, changes(encoded({ upserts: [file("new")] }), true)];
    const junk: DownloadResponse[] = [{ part: { $case: "data", data: Buffer.alloc(2048, 7) } }];
    const result = await run(await startAgent(() => frames, junk), workspace);
    expect(result.status).toBe("lost");
    expectUntouched(workspace);
  });

  it.each(["../evil", "/evil", "a/../../evil", "a//b", "a\\b", ""])(
    "when it names the path %j",
    async (path) => {
      const workspace = makeWorkspace();
      // The encoder does not write such a path: put it in place of one of the same length.
      const stand = "z".repeat(Buffer.byteLength(path)) || "z";
      const data = Buffer.from(
        encoded({ upserts: [{ ...file(stand), sizeBytes: 0, digest: createHash("sha256").digest("hex") }] }),
      );
      data.write(path || "\0", data.indexOf(stand), "utf8");
      const result = await run(
        await startAgent(() => [...toStarted, succeeded, changes(data, false)]),
        workspace,
      );
      expect(result.status).toBe("lost");
      expectUntouched(workspace);
    },
  );
});

describe("a cancelled attempt", () => {
  it("does not wait for an agent that does not answer, and never starts", async () => {
    const workspace = makeWorkspace();
    const silent = createTcpServer();
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as AddressInfo).port));
    });
    const pool = new AgentPool({ isInsecure: true });
    onTestFinished(() => {
      pool.close();
      silent.close();
    });
    const target = { label: "silent", host: "127.0.0.1", port };
    const runner = createRemoteTaskRunner({ pool, workspaces: new Workspaces(), target });
    const cancel = new AbortController();
    silent.once("connection", () => cancel.abort(new Error("enough")));
    const result = await run(runner, workspace, cancel.signal);
    expect(result).toEqual({ status: "cancelled", message: "cancelled before it started" });
  });

  it("ends although the agent never confirms it", async () => {
    const workspace = makeWorkspace();
    const cancel = new AbortController();
    async function* hangs(): AsyncGenerator<Frame> {
      yield* toStarted;
      await new Promise((resolve) => onTestFinished(() => resolve(undefined)));
    }
    const result = await run(await startAgent(hangs), workspace, cancel.signal, (event) => {
      if (event.type === "started") cancel.abort(new Error("enough"));
    });
    expect(result.status).toBe("cancelled");
    expect(result.message).toContain("did not confirm");
    expectUntouched(workspace);
  });
});
