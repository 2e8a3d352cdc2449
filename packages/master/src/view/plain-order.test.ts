import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RunHappening, TaskInfo } from "../events/run-event.js";
import { openUnnamedFile } from "../run-store/unnamed-file.js";
import { HeldLines } from "./held-lines.js";
import { LineWriter } from "./line-writer.js";
import { PlainView, type PlainViewOptions } from "./plain-view.js";

const at = { file: "w.lua", line: 1 };
const task = (name: string): TaskInfo => ({ group: "g", name, dependsOn: [], script: "true", at });
const [a, b] = [task("a"), task("b")];
const START: RunHappening = {
  type: "run-started",
  run: { runId: "R", file: "/w.lua", groups: [{ name: "g", tasks: [a, b] }] },
};

const output = (
  of: TaskInfo,
  text: string | Uint8Array,
  stream: "stdout" | "stderr" = "stdout",
): RunHappening => ({
  type: "task-output",
  task: of,
  stream,
  bytes: Buffer.from(text as string),
});
const finished = (of: TaskInfo): RunHappening => ({
  type: "task-finished",
  task: of,
  attempt: 1,
  durationMs: 1000,
  result: { status: "succeeded" },
});

/** A view whose two streams are one, and what it has shown since the last time. */
function openPlain(options: Partial<PlainViewOptions> = {}) {
  const stream = new PassThrough({ highWaterMark: 1e9 });
  const sink = new LineWriter(stream);
  const view = new PlainView({ stdout: sink, stderr: sink, ...options });
  onTestFinished(() => view.close());
  let timeMs = Date.UTC(2026, 0, 31, 12);
  return {
    view,
    stream,
    async show(...events: RunHappening[]) {
      for (const event of events) await view.show({ timeMs: timeMs++, ...event });
      return String(stream.read() ?? "")
        .split("\n")
        .slice(0, -1);
    },
  };
}

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "sloth-held-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

describe("lines in groups", () => {
  it("come together when their task ends, and what only tells of the run comes at once", async () => {
    const { show } = openPlain({ order: "grouped" });
    expect(await show(START, output(a, "a1\na"), output(b, "b1\n"), output(a, "2\n", "stderr"))).toEqual([]);
    expect(await show({ type: "task-queued", task: b, position: 2 })).toEqual(["[b] queued, place 2"]);
    expect(await show({ type: "warning", message: "slow" })).toEqual(["warning: slow"]);
    expect(
      await show({
        type: "task-retrying",
        task: a,
        attempt: 1,
        delayMs: 1000,
        result: { status: "failed", message: "exited with 1" },
      }),
    ).toEqual(["[a] attempt 1 failed, again in 1.0 s"]);
    expect(await show(output(a, "a3\n"), finished(a))).toEqual([
      "[a] a1",
      "[a] 2",
      "[a] a",
      "✗ a failed: exited with 1",
      "[a] a3",
      "✓ a in 1.0 s",
    ]);
    expect(await show(finished(b))).toEqual(["[b] b1", "✓ b in 1.0 s"]);
  });

  it("come at once from the functions of a group", async () => {
    const { show } = openPlain({ order: "grouped" });
    expect(await show(START, output(task("on_start"), "starting\n"))).toEqual(["[on_start] starting"]);
  });

  it("are shown where the run breaks before their task ends", async () => {
    const { view, show } = openPlain({ order: "grouped" });
    await show(START, output(a, "one\ntwo"));
    await view.close();
    expect(await show()).toEqual(["[a] one", "[a] two"]);
  });

  it("go to a file when there is no memory for them, without a trace and in their order", async () => {
    const directory = scratch();
    const stream = new PassThrough({ highWaterMark: 1e9 });
    const sink = new LineWriter(stream);
    let files = 0;
    const held = new HeldLines({
      outlet: { stdout: sink, stderr: sink },
      memoryBytes: 10_000,
      openFile: () => {
        files += 1;
        return openUnnamedFile(directory, "01M877TQRCHGXVF0CKS7W23XG1");
      },
    });
    const expected = { a: [] as string[], b: [] as string[] };
    for (let number = 0; number < 5000; number++) {
      const of = number % 3 === 0 ? b : a;
      const line = `${number} ${"é".repeat(number % 100)}`;
      expected[of.name as "a" | "b"].push(`> ${line}`);
      await held.of(of)[number % 2 ? "stdout" : "stderr"].lines("> ", [Buffer.from(line)]);
    }
    expect(stream.read()).toBeNull();
    expect(files).toBe(2);
    expect(readdirSync(join(directory, ".sloth/runs/01M877TQRCHGXVF0CKS7W23XG1"))).toEqual([]);
    await held.end(b);
    expect(String(stream.read()).trimEnd().split("\n")).toEqual(expected.b);
    await held.end(a);
    expect(String(stream.read()).trimEnd().split("\n")).toEqual(expected.a);
  });

  it.each([
    ["there is no file", undefined],
    ["no file can be made", () => Promise.reject(new Error("no space"))],
    [
      "a file cannot be written",
      async () => {
        const location = join(tmpdir(), `sloth-held-${process.pid}`);
        const readable = await open(location, "a+").then(async (made) => {
          await made.close();
          return open(location, "r");
        });
        await unlink(location);
        return readable;
      },
    ],
  ])("are shown too early rather than lost where %s", async (_, openFile) => {
    const stream = new PassThrough({ highWaterMark: 1e9 });
    const sink = new LineWriter(stream);
    const held = new HeldLines({ outlet: { stdout: sink, stderr: sink }, memoryBytes: 1000, openFile });
    const lines = Array.from({ length: 100 }, (_, number) => `line ${number}`);
    for (const line of lines) await held.of(a).stdout.line(line);
    await held.endAll();
    expect(String(stream.read()).trimEnd().split("\n")).toEqual(lines);
  });
});

describe("time stamps", () => {
  it("say when a line came, also when it is shown later", async () => {
    const { show } = openPlain({ order: "grouped", timestamps: true });
    await show(START, output(a, "one\n"), output(b, "two\nthree\n"));
    expect(await show(finished(a))).toEqual([
      "2026-01-31T12:00:00.001Z [a] one",
      "2026-01-31T12:00:00.003Z ✓ a in 1.0 s",
    ]);
  });

  it("stand before every line, also of a message with several", async () => {
    const { show } = openPlain({ timestamps: true });
    const result = { status: "failed", message: "one\ntwo", traceback: "three\nfour" } as const;
    const lines = await show(
      START,
      { type: "group-started", name: "g" },
      { ...finished(a), result } as RunHappening,
      {
        type: "run-finished",
        summary: { succeeded: 0, failed: 1, lost: 0, cancelled: 0, skipped: 0, durationMs: 1 },
      },
    );
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) expect(line).toMatch(/^2026-01-31T12:00:00\.00\dZ /);
  });
});

/** The next thing that a stream has. */
const next = (stream: PassThrough) =>
  new Promise<string>((resolve) => stream.once("data", (bytes) => resolve(String(bytes))));

describe("a task from which nothing comes", () => {
  it("has the line shown that it has begun, but no part of a character", async () => {
    const { show, stream } = openPlain({ idleMs: 20 });
    const [first, last] = [Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)];
    const shown = next(stream);
    await show(START, output(a, Buffer.concat([Buffer.from("name? "), first])));
    expect(await shown).toBe("[a] name? \n");
    const rest = next(stream);
    await show(output(a, Buffer.concat([last, Buffer.from("\n")])));
    expect(await rest).toBe("[a] é\n");
  });

  it("is named after a silence, with all that run", async () => {
    const { show, stream } = openPlain({ silenceMs: 20 });
    await show(
      START,
      { type: "task-started", task: a, attempt: 1 },
      { type: "task-queued", task: b, position: 1 },
    );
    const said: string[] = [];
    while (said.length < 2) said.push(await next(stream));
    for (const line of said)
      expect(line).toMatch(/^still running: a \(\d+ s\), b \(queued, place 1, \d+ s\)\n$/);
  });
});
