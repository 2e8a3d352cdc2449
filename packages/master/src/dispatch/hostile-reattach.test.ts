import { type Open, SUPPORTED_FEATURES } from "@sloth/protocol";
import type { TaskResult } from "@sloth/runtime";
import { ServerError, Status } from "nice-grpc";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  changes,
  encoded,
  expectUntouched,
  type Frame,
  file,
  makeWorkspace,
  output,
  runScripted,
  startScriptedAgent,
  succeeded,
  toStarted,
} from "../testing/scripted-agent.js";

const features = [...SUPPORTED_FEATURES];
const ended: Frame = { ...succeeded, finished: { ...succeeded.finished, changesFollow: false } };
const started: Frame = { $case: "started", started: { verifyUs: 0, updateUs: 0 } };
const nothingChanged = changes(encoded({}), false);
const makesAFile = changes(encoded({ upserts: [file("new", "")] }), false);

const accepted = (idempotencyKey: string, more = {}): Frame => ({
  $case: "accepted",
  accepted: { leaseMs: 60_000, bundleNeeded: false, idempotencyKey, ...more },
});
const granted = (transferId: string): Frame => ({ $case: "granted", granted: { transferId } });
/** As an agent goes on that keeps to the protocol. */
const joined = ({ idempotencyKey }: Open): Frame[] => [accepted(idempotencyKey), granted("t"), started];

/** Prints one byte, then its connection breaks; what follows is on the next stream. */
function startBreakingAgent(second: (open: Open) => Iterable<Frame> | AsyncIterable<Frame>) {
  return startScriptedAgent(
    async function* (open) {
      if (open.attach) return yield* second(open);
      yield* [...toStarted, output(1, 0, "a")];
      throw new ServerError(Status.UNAVAILABLE, "cut");
    },
    { features },
  );
}

async function printedBy(
  second: (open: Open) => Iterable<Frame> | AsyncIterable<Frame>,
  workspace: string,
): Promise<{ result: TaskResult; printed: string }> {
  let printed = "";
  const signal = new AbortController().signal;
  const result = await runScripted(await startBreakingAgent(second), workspace, signal, (event) => {
    if (event.type === "output") printed += Buffer.from(event.bytes).toString();
  });
  return { result, printed };
}

describe("an agent that is joined again", () => {
  it("goes on at the byte, and its changes come home", async () => {
    const workspace = makeWorkspace();
    const { result, printed } = await printedBy(
      (open) => [...joined(open), output(2, 1, "b"), succeeded, nothingChanged],
      workspace,
    );
    expect(result).toMatchObject({ status: "succeeded" });
    expect(printed).toBe("ab");
  });

  it.each<[string, (open: Open) => Frame[], RegExp]>([
    ["answers for another attempt", () => [accepted("f".repeat(32))], /another attempt/],
    ["does not say for which", () => [accepted("")], /another attempt/],
    [
      "grants for longer",
      ({ idempotencyKey: key }) => [accepted(key, { leaseMs: 3_600_000 })],
      /longer lease/,
    ],
    ["wants its workflow anew", ({ idempotencyKey: key }) => [accepted(key, { bundleNeeded: true })], /anew/],
    [
      "queues it anew",
      ({ idempotencyKey: key }) => [accepted(key), { $case: "queued", queued: { position: 1 } }],
      /queued/,
    ],
    [
      "asks for the workspace anew",
      ({ idempotencyKey: key }) => [
        accepted(key),
        granted("t"),
        { $case: "need", need: { all: true, sha256: [] } },
      ],
      /need/,
    ],
    ["begins with the start", () => [started], /started/],
    [
      "has another transfer",
      ({ idempotencyKey: key }) => [accepted(key), granted("other")],
      /another attempt/,
    ],
    ["is accepted twice", ({ idempotencyKey: key }) => [accepted(key), accepted(key)], /accepted/],
    ["starts it twice", (open) => [...joined(open), started], /started/],
    ["repeats a number", (open) => [...joined(open), output(1, 1, "b")], /frame 1 came after 1/],
    ["leaves a number out", (open) => [...joined(open), output(3, 1, "b")], /frame 3 came after 1/],
    ["goes back in the output", (open) => [...joined(open), output(2, 0, "b")], /at byte 0, not 1/],
    ["jumps in the output", (open) => [...joined(open), output(2, 9, "b")], /at byte 9, not 1/],
    ["ends it twice", (open) => [...joined(open), succeeded, succeeded], /finished/],
    ["prints after the end", (open) => [...joined(open), succeeded, output(2, 1, "b"), makesAFile], /output/],
    ["brings changes before the end", (open) => [...joined(open), makesAFile], /changes/],
    ["brings no changes after it has said so", (open) => [...joined(open), succeeded], /changes are lost/],
    [
      "brings other changes than it says",
      (open) => [
        ...joined(open),
        succeeded,
        changes(encoded({ upserts: [file("new", "")] }), false, "0".repeat(64)),
      ],
      /digest/,
    ],
    ["ends in the middle", joined, /before all of the result was here/],
  ])("and %s is told by its name, and changes nothing here", async (_, second, message) => {
    const workspace = makeWorkspace();
    const { result, printed } = await printedBy(second, workspace);
    expect(result.message).toMatch(message);
    expect(result.message).toMatch(/elsewhere/);
    expect(result.status).toBe("lost");
    expect(printed).toBe("a");
    expectUntouched(workspace);
  });

  it("and does not go on is not waited for without end", async () => {
    const workspace = makeWorkspace();
    const { result } = await printedBy(async function* ({ idempotencyKey }) {
      yield accepted(idempotencyKey);
      await new Promise((resolve) => onTestFinished(() => resolve(undefined)));
    }, workspace);
    expect(result).toMatchObject({
      status: "lost",
      message: expect.stringMatching(/elsewhere.*did not go on/),
    });
    expectUntouched(workspace);
  });

  it("and says that the attempt has never come there is not believed where its start was told", async () => {
    const workspace = makeWorkspace();
    const { result } = await printedBy(() => {
      throw new ServerError(Status.NOT_FOUND, "The attempt has not come to this agent.");
    }, workspace);
    expect(result).toMatchObject({ status: "lost", message: expect.stringMatching(/elsewhere.*unknown/) });
    expectUntouched(workspace);
  });
});

describe("an agent that has not been joined", () => {
  it.each<[string, Frame[], RegExp]>([
    ["starts twice", [...toStarted, started], /started/],
    ["ends twice", [...toStarted, succeeded, succeeded], /finished/],
    ["is granted twice", [...toStarted, granted("t")], /granted/],
    ["grants before it accepts", [granted("t")], /granted/],
    ["answers for another attempt", [accepted("f".repeat(32))], /another attempt/],
    ["grants for longer", [accepted("", { leaseMs: 3_600_000 })], /longer lease/],
  ])("and %s is told by its name, and changes nothing here", async (_, frames, message) => {
    const workspace = makeWorkspace();
    const runner = await startScriptedAgent(() => frames, { features });
    const result = await runScripted(runner, workspace);
    expect(result.message).toMatch(message);
    expect(result.message).toMatch(/elsewhere/);
    expect(result.status).toBe("lost");
    expectUntouched(workspace);
  });

  it.each<[string, Frame[]]>([
    ["that were not announced", [...toStarted, ended, makesAFile]],
    ["for a second time", [...toStarted, succeeded, nothingChanged, makesAFile]],
  ])("and brings changes %s, behind its result, is not heard", async (_, frames) => {
    const workspace = makeWorkspace();
    const runner = await startScriptedAgent(() => frames, { features });
    expect((await runScripted(runner, workspace)).status).toBe("succeeded");
    expectUntouched(workspace);
  });
});
