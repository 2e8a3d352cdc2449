import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import {
  type AgentChannels,
  type ExecuteRequest,
  type ExecuteResponse,
  type Open,
  openAgentChannels,
  Status,
} from "@sloth/protocol";
import { encodeManifest, manifestDigest } from "@sloth/workspace";
import { Status as RpcStatus } from "nice-grpc-common";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Agent, type AgentOptions, startAgent } from "./agent.js";

interface TestAgent {
  agent: Agent;
  channels: AgentChannels;
  stateDirectory: string;
  /** What attempts have, or have left, in the state directory besides trees that are free. */
  leftovers(): string[];
}

async function start(options: AgentOptions = {}): Promise<TestAgent> {
  const stateDirectory = mkdtempSync(join(tmpdir(), "sloth-agent-"));
  const agent = await startAgent({ port: 0, stateDirectory, ...options });
  const channels = openAgentChannels({
    host: "127.0.0.1",
    port: agent.port,
    trust: agent.trust ?? { kind: "plaintext" },
  });
  onTestFinished(async () => {
    channels.close();
    await agent.stop();
    rmSync(stateDirectory, { recursive: true, force: true });
  });
  const trees = join(stateDirectory, "workspaces", "trees");
  const kept = ["tree", "index", "about.json"];
  return {
    agent,
    channels,
    stateDirectory,
    leftovers: () =>
      readdirSync(trees)
        .flatMap((workspace) => readdirSync(join(trees, workspace)).map((number) => join(workspace, number)))
        .flatMap((tree) => readdirSync(join(trees, tree)))
        .filter((name) => !kept.includes(name)),
  };
}

function open(changes: Partial<Open> = {}, script = "true"): Open {
  return {
    protocol: 1,
    attempt: { runId: "run", group: "g", task: "t", number: 1 },
    idempotencyKey: randomBytes(16).toString("hex"),
    workspace: { id: "w", root: "/w" },
    task: {
      command: { $case: "shell", shell: script },
      workdir: "",
      params: undefined,
      deps: undefined,
      env: {},
      umask: 0o022,
      timeoutMs: undefined,
      hooks: [],
      hooksIn: undefined,
      agent: "",
      graceMs: 200,
    },
    bundle: undefined,
    leaseMs: 0,
    attach: undefined,
    rules: undefined,
    features: [],
    ...changes,
  };
}

type Request = NonNullable<ExecuteRequest["frame"]>;
type Response = NonNullable<ExecuteResponse["frame"]>;

/** A master's half of one conversation, frame by frame. */
function converse(channels: AgentChannels) {
  const requests = new PassThrough({ objectMode: true });
  const call = new AbortController();
  const responses = channels.control.execute(requests, { signal: call.signal })[Symbol.asyncIterator]();
  onTestFinished(() => call.abort());
  return {
    send: (frame: Request) => void requests.write({ frame }),
    end: () => void requests.end(),
    hangUp: () => call.abort(),
    async next<K extends Response["$case"]>(kind: K): Promise<Extract<Response, { $case: K }>> {
      const { value, done } = await responses.next();
      if (done || value.frame?.$case !== kind)
        throw new Error(`got ${value?.frame?.$case ?? "the end"}, not ${kind}`);
      return value.frame as Extract<Response, { $case: K }>;
    },
    async rest(): Promise<Response[]> {
      const frames: Response[] = [];
      for (let item = await responses.next(); !item.done; item = await responses.next()) {
        if (item.value.frame) frames.push(item.value.frame);
      }
      return frames;
    },
  };
}

const emptyManifest = encodeManifest({ entries: [] });
const nothingInline = { listings: new Uint8Array(), inlineSha256: [], inlineContents: new Uint8Array() };
const emptySnapshot: Request = {
  $case: "snapshot",
  snapshot: {
    rootDigest: manifestDigest(emptyManifest),
    ...nothingInline,
    entries: 0,
    contentBytes: 0,
  },
};

/** Goes on to where the command runs. */
async function startCommand(channels: AgentChannels, opened: Open) {
  const conversation = converse(channels);
  conversation.send({ $case: "open", open: opened });
  await conversation.next("accepted");
  await conversation.next("granted");
  conversation.send(emptySnapshot);
  await conversation.next("started");
  return conversation;
}

const decoder = new TextDecoder();

describe("the status", () => {
  it("tells what runs, what waits, and which workspaces are held", async () => {
    const { channels } = await start({ slots: 1 });
    const ask = () =>
      channels.control.status({
        workspaces: [
          { id: "w", root: "/w" },
          { id: "v", root: "/w" },
        ],
        withCachedBytes: true,
      });
    expect(await ask()).toMatchObject({ running: 0, queued: 0, draining: false, holds: [false, false] });
    await startCommand(channels, open({}, "sleep 60"));
    const second = converse(channels);
    second.send({ $case: "open", open: open() });
    await second.next("accepted");
    await second.next("queued");
    expect(await ask()).toMatchObject({ running: 1, queued: 1, cachedBytes: 0, holds: [true, false] });
  });
});

describe("the handshake", () => {
  it("agrees on a protocol and tells what the agent is", async () => {
    const { channels } = await start({ slots: 3 });
    const hello = await channels.control.hello({
      protocolMin: 1,
      protocolMax: 9,
      features: ["unheard-of"],
      softwareVersion: "x",
    });
    expect(hello).toMatchObject({ protocol: 1, features: [], slots: 3, os: process.platform });
    expect(hello.instanceId).toMatch(/^[0-9a-f]{32}$/);
    expect(hello.hostname).toBe(hostname());
    expect(hello.cpus).toBeGreaterThan(0);
    expect(hello.memoryBytes).toBeGreaterThan(1024 ** 2);
  });

  it("refuses a master without a common protocol and names both", async () => {
    const { channels } = await start();
    const hello = channels.control.hello({
      protocolMin: 7,
      protocolMax: 8,
      features: [],
      softwareVersion: "x",
    });
    await expect(hello).rejects.toThrow(/7 to 8.*1/);
  });
});

describe("one attempt", () => {
  it("goes from open to acknowledgement, numbering its output", async () => {
    const { channels, leftovers } = await start();
    const conversation = await startCommand(
      channels,
      open({}, "printf one; printf two; printf three > made"),
    );
    const texts: string[] = [];
    let seq = 0;
    let frame = await conversation.next("output").catch(() => undefined);
    while (frame && texts.join("") !== "onetwo") {
      expect(frame.output).toMatchObject({ seq: ++seq, offset: texts.join("").length });
      texts.push(decoder.decode(frame.output.data));
      if (texts.join("") !== "onetwo") frame = await conversation.next("output");
    }
    const { finished } = await conversation.next("finished");
    expect(finished).toMatchObject({ status: Status.STATUS_SUCCEEDED, exitCode: 0, changesFollow: true });
    const { changes } = await conversation.next("changes");
    expect(changes).toMatchObject({ last: true, contents: true });
    expect(changes.digest).toBe(createHash("sha256").update(changes.data).digest("hex"));
    expect(leftovers()).toHaveLength(1);

    conversation.send({ $case: "acknowledge", acknowledge: {} });
    expect(await conversation.rest()).toEqual([]);
    expect(leftovers()).toEqual([]);
  });

  it("is never started twice under one key", async () => {
    const { channels } = await start();
    const opened = open();
    await startCommand(channels, opened);
    const second = converse(channels);
    second.send({ $case: "open", open: opened });
    await expect(second.rest()).rejects.toThrow(/never started twice/);
  });

  it("waits in a queue, and tells its place, while the slots are taken", async () => {
    const { channels } = await start({ slots: 1 });
    const first = await startCommand(channels, open({}, "sleep 60"));
    const second = converse(channels);
    second.send({ $case: "open", open: open() });
    await second.next("accepted");
    expect((await second.next("queued")).queued.position).toBe(1);
    first.send({ $case: "cancel", cancel: { reason: "test", abandon: false } });
    await second.next("granted");
  });

  it("that is cancelled in the queue ends without having started", async () => {
    const { channels } = await start({ slots: 1 });
    await startCommand(channels, open({}, "sleep 60"));
    const second = converse(channels);
    second.send({ $case: "open", open: open() });
    await second.next("accepted");
    await second.next("queued");
    second.send({ $case: "cancel", cancel: { reason: "test", abandon: false } });
    expect((await second.next("finished")).finished).toMatchObject({
      status: Status.STATUS_CANCELLED,
      message: "cancelled before it started",
    });
  });

  it("ends when its master has not been heard for the length of the lease", async () => {
    const { channels, leftovers } = await start();
    const conversation = await startCommand(channels, open({ leaseMs: 300 }, "sleep 60"));
    await expect(conversation.rest()).rejects.toThrow(/lease/);
    expect(leftovers()).toEqual([]);
  });

  it("goes on as long as its master renews the lease", async () => {
    const { channels } = await start();
    const conversation = await startCommand(channels, open({ leaseMs: 3000 }, "sleep 4"));
    const renewal = setInterval(() => conversation.send({ $case: "renew", renew: { receivedSeq: 0 } }), 100);
    onTestFinished(() => clearInterval(renewal));
    expect((await conversation.next("finished")).finished.status).toBe(Status.STATUS_SUCCEEDED);
  });

  it("dies with its stream, tree and all", async () => {
    const { channels, leftovers } = await start();
    const conversation = await startCommand(channels, open({}, "sleep 60"));
    conversation.hangUp();
    await expect.poll(leftovers, { timeout: 30_000 }).toEqual([]);
  });
});

describe("a master that breaks the protocol is refused, and nothing is left", () => {
  const digest = "0".repeat(64);
  it.each<[string, Request[], RegExp]>([
    ["by starting with another frame", [{ $case: "acknowledge", acknowledge: {} }], /acknowledge/],
    [
      "by opening twice",
      [
        { $case: "open", open: open() },
        { $case: "open", open: open() },
      ],
      /open/,
    ],
    ["by an unknown protocol", [{ $case: "open", open: open({ protocol: 9 }) }], /protocol/],
    [
      "by a key that is none",
      [{ $case: "open", open: open({ idempotencyKey: "../../x" }) }],
      /idempotency_key/,
    ],
    ["by no task", [{ $case: "open", open: open({ task: undefined }) }], /task/],
    [
      "by a directory outside the workspace",
      [
        {
          $case: "open",
          open: open({ task: { ...(open().task as NonNullable<Open["task"]>), workdir: "a/../.." } }),
        },
      ],
      /workdir/,
    ],
    [
      "by a bundle without end",
      [{ $case: "open", open: open({ bundle: { digest, sizeBytes: 2 ** 40 } }) }],
      /exceed/,
    ],
    [
      "by a bundle that is not what its digest says",
      [
        { $case: "open", open: open({ bundle: { digest, sizeBytes: 10 } }) },
        { $case: "bundle", bundle: { data: Buffer.from("x"), last: true } },
      ],
      /bundle/,
    ],
    [
      "by more bundle than was announced",
      [
        { $case: "open", open: open({ bundle: { digest, sizeBytes: 1 } }) },
        { $case: "bundle", bundle: { data: Buffer.from("xxxx"), last: false } },
      ],
      /more than 1 bytes/,
    ],
    [
      "by joining what never came",
      [{ $case: "open", open: open({ attach: { stdoutBytes: 0, stderrBytes: 0, logs: 0 } }) }],
      /has not come to this agent/,
    ],
  ])("%s", async (_, frames, message) => {
    const { channels, leftovers } = await start();
    const conversation = converse(channels);
    for (const frame of frames) conversation.send(frame);
    await expect(conversation.rest()).rejects.toThrow(message);
    expect(leftovers()).toEqual([]);
  });

  it("by a manifest that is not what its digest says", async () => {
    const { channels, leftovers } = await start();
    const conversation = converse(channels);
    conversation.send({ $case: "open", open: open() });
    await conversation.next("accepted");
    await conversation.next("granted");
    conversation.send({
      $case: "snapshot",
      snapshot: { ...nothingInline, rootDigest: digest, entries: 0, contentBytes: 0 },
    });
    await conversation.next("need");
    conversation.send({ $case: "manifest", manifest: { data: emptyManifest, last: true } });
    await expect(conversation.rest()).rejects.toThrow(/been cut off/);
    expect(leftovers()).toEqual([]);
  });

  it("by a frame while the command runs", async () => {
    const { channels, leftovers } = await start();
    const conversation = await startCommand(channels, open({}, "sleep 60"));
    conversation.send({ $case: "acknowledge", acknowledge: {} });
    await expect(conversation.rest()).rejects.toThrow(/acknowledge/);
    expect(leftovers()).toEqual([]);
  });

  it("by a transfer that nobody expects", async () => {
    const { channels } = await start();
    async function* upload() {
      yield { part: { $case: "header" as const, header: { transferId: "none" } } };
    }
    await expect(channels.bulk.upload(upload())).rejects.toThrow(/transfer id/);
    const download = channels.bulk
      .download({ header: { transferId: "none" }, isSlow: false })
      [Symbol.asyncIterator]();
    await expect(download.next()).rejects.toThrow(/transfer id/);
  });

  it("by an archive that is none", async () => {
    const { channels, leftovers } = await start();
    const conversation = converse(channels);
    conversation.send({ $case: "open", open: open() });
    await conversation.next("accepted");
    const { granted } = await conversation.next("granted");
    const content = Buffer.from("content");
    const manifest = encodeManifest({
      entries: [
        {
          path: "a",
          kind: "file",
          mode: 0o644,
          mtimeUs: 0,
          sizeBytes: content.length,
          digest: createHash("sha256").update(content).digest("hex"),
        },
      ],
    });
    const rootDigest = manifestDigest(manifest);
    conversation.send({
      $case: "snapshot",
      snapshot: { ...nothingInline, rootDigest, entries: 1, contentBytes: 7 },
    });
    await conversation.next("need");
    conversation.send({ $case: "manifest", manifest: { data: manifest, last: true } });
    await conversation.next("missing");
    async function* upload() {
      yield { part: { $case: "header" as const, header: { transferId: granted.transferId } } };
      yield { part: { $case: "data" as const, data: Buffer.alloc(4096, 1) } };
    }
    await expect(channels.bulk.upload(upload())).rejects.toThrow();
    await expect(conversation.rest()).rejects.toThrow();
    expect(leftovers()).toEqual([]);
  });
});

describe("an attempt that outlives its stream", () => {
  const joinable = (script: string, more: Partial<Open> = {}) =>
    open({ features: ["reattach"], ...more }, script);
  const join = (channels: AgentChannels, { idempotencyKey, attempt }: Open, stdoutBytes = 0) => {
    const conversation = converse(channels);
    const attach = { stdoutBytes, stderrBytes: 0, logs: 0 };
    conversation.send({
      $case: "open",
      open: open({ idempotencyKey, attempt, attach, task: undefined, workspace: undefined }),
    });
    return conversation;
  };

  it("is served to the one that comes last, from the byte that it lacks, and not to two", async () => {
    const { channels, leftovers } = await start();
    const opened = joinable("printf abc; sleep 0.5; printf def");
    const first = await startCommand(channels, opened);
    await first.next("output");
    const second = join(channels, opened, 1);
    // A call begins with the first frame that is asked for.
    await second.next("accepted");
    await expect(first.rest()).rejects.toThrow(/Another stream has taken/);
    const third = join(channels, opened, 2);
    expect(await third.next("accepted")).toMatchObject({
      accepted: { idempotencyKey: opened.idempotencyKey },
    });
    await expect(second.rest()).rejects.toThrow(/Another stream has taken/);
    await third.next("granted");
    await third.next("started");
    expect(await third.next("output")).toMatchObject({
      output: { seq: 1, offset: 2, data: Buffer.from("c") },
    });
    expect(await third.next("output")).toMatchObject({
      output: { seq: 2, offset: 3, data: Buffer.from("def") },
    });
    await third.next("finished");
    await third.next("changes");
    third.send({ $case: "acknowledge", acknowledge: {} });
    expect(await third.rest()).toEqual([]);
    expect(leftovers()).toEqual([]);
    await expect(join(channels, opened).rest()).rejects.toMatchObject({ code: RpcStatus.ABORTED });
  });

  it("gives its result again to a master that had it, and lost its stream before it acknowledged", async () => {
    const { channels } = await start();
    const opened = joinable("touch made");
    for (const n of [1, 2, 3]) {
      const conversation = n === 1 ? await startCommand(channels, opened) : join(channels, opened);
      if (n > 1)
        for (const kind of ["accepted", "granted", "started"] as const) await conversation.next(kind);
      expect(await conversation.next("finished")).toMatchObject({ finished: { exitCode: 0 } });
      await conversation.next("changes");
      if (n < 3) conversation.hangUp();
      else conversation.send({ $case: "acknowledge", acknowledge: {} });
    }
  });

  it("is not known where it has never come, and does not start once it was asked for before", async () => {
    const { channels, leftovers } = await start({ slots: 1 });
    await expect(join(channels, joinable("true")).rest()).rejects.toMatchObject({
      code: RpcStatus.NOT_FOUND,
    });
    const holding = await startCommand(channels, open({}, "sleep 60"));
    const opened = joinable("touch started");
    const waiting = converse(channels);
    waiting.send({ $case: "open", open: opened });
    await waiting.next("accepted");
    await waiting.next("queued");
    await expect(join(channels, opened).rest()).rejects.toMatchObject({ code: RpcStatus.NOT_FOUND });
    await expect(waiting.rest()).rejects.toThrow();
    await expect(join(channels, opened).rest()).rejects.toMatchObject({ code: RpcStatus.NOT_FOUND });
    holding.hangUp();
    await expect.poll(leftovers, { timeout: 10_000 }).toEqual([]);
  });

  it("ends at once when its master says that it gives up", async () => {
    const { channels, leftovers } = await start();
    const opened = joinable("echo $$; exec sleep 60");
    const conversation = await startCommand(channels, opened);
    await conversation.next("output");
    conversation.send({ $case: "cancel", cancel: { reason: "enough", abandon: true } });
    await expect(conversation.rest()).rejects.toThrow(/enough/);
    expect(leftovers()).toEqual([]);
    await expect(join(channels, opened).rest()).rejects.toMatchObject({ code: RpcStatus.ABORTED });
  });
});

describe("an agent that is stopping", () => {
  it("starts nothing new while what runs comes to its end", async () => {
    const { agent, channels } = await start();
    const stubborn = open({}, "trap '' TERM; echo ready; sleep 60");
    const running = await startCommand(channels, {
      ...stubborn,
      task: { ...stubborn.task, graceMs: 2000 } as Open["task"],
    });
    await running.next("output");
    const stopped = agent.stop();
    const late = converse(channels);
    late.send({ $case: "open", open: open() });
    await expect(late.rest()).rejects.toThrow(/the agent is stopping/);
    await expect(running.rest()).rejects.toThrow(/the agent is stopping/);
    await stopped;
  });
});

describe("starting", () => {
  it("keeps its state directory to itself", async () => {
    const { stateDirectory } = await start();
    expect(statSync(stateDirectory).mode & 0o777).toBe(0o700);
    expect(statSync(join(stateDirectory, "workspaces")).mode & 0o777).toBe(0o700);
  });

  it("says that its port is in use", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
    });
    onTestFinished(() => void server.close());
    const stateDirectory = mkdtempSync(join(tmpdir(), "sloth-agent-"));
    onTestFinished(() => rmSync(stateDirectory, { recursive: true }));
    await expect(startAgent({ port, stateDirectory })).rejects.toMatchObject({ code: "PORT_IN_USE" });
  });

  it("says that its state directory cannot be used", async () => {
    await expect(startAgent({ port: 0, stateDirectory: "/dev/null/state" })).rejects.toMatchObject({
      code: "STATE_DIRECTORY",
    });
  });
});
