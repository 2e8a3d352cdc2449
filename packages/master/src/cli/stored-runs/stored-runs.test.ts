import { appendFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventStream } from "../../events/event-stream.js";
import type { RunEventSink, RunHappening, TaskInfo } from "../../events/run-event.js";
import { makeRunId } from "../../plan/run-id.js";
import { recordRun } from "../../run-store/record-run.js";
import { LineWriter } from "../../view/line-writer.js";
import { PlainView } from "../../view/plain-view.js";
import { shortPath } from "../../view/short-path.js";
import { parseCommandLine } from "../command-line/command-line.js";
import { logsCommand } from "./logs-command.js";
import { reportCommand } from "./report-command.js";
import { runsCommand } from "./runs-command.js";
import type { LogsArguments, ReportArguments, RunsArguments } from "./stored-run-options.js";

const at = { file: "w.lua", line: 1 };
const compile: TaskInfo = { group: "build", name: "compile", dependsOn: [], script: "make", at };
const check: TaskInfo = { group: "build", name: "check", dependsOn: ["compile"], agent: "b1", at };
const also: TaskInfo = { group: "test", name: "check", dependsOn: [], at };
const binary = Uint8Array.from({ length: 256 }, (_, byte) => byte);

function capture() {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const output = { stdout: new LineWriter(streams.stdout), stderr: new LineWriter(streams.stderr) };
  const shown = () => ({
    stdout: String(streams.stdout.read() ?? ""),
    stderr: String(streams.stderr.read() ?? ""),
  });
  return { streams, output, shown };
}

function scratch(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-stored-")));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Begins to record a run that is shown as lines as well. */
async function begin(directory: string, timeMs = 1_800_000_000_000) {
  const runId = makeRunId(timeMs);
  const { output, shown } = capture();
  const recorder = recordRun({ workflowDirectory: directory, runId, warn: () => {} });
  const view = new PlainView({ ...output, logOf: recorder.logOf });
  const emit: RunEventSink = eventStream([recorder.listen, (event) => view.show(event)], () => timeMs++);
  const groups = [
    { name: "build", tasks: [compile, check] },
    { name: "test", tasks: [also] },
  ];
  await emit({ type: "run-started", run: { runId, file: join(directory, "w.lua"), groups } });
  return { runId, recorder, emit, shown };
}

const happenings: RunHappening[] = [
  { type: "group-started", name: "build", description: "Olá" },
  { type: "task-started", task: compile, attempt: 1 },
  { type: "task-output", task: compile, stream: "stdout", bytes: binary },
  { type: "task-output", task: compile, stream: "stderr", bytes: Buffer.from("careful: ol").subarray(0, 11) },
  { type: "task-output", task: compile, stream: "stderr", bytes: Buffer.from("é").subarray(0, 1) },
  { type: "task-log", task: compile, record: { level: "info", message: "hi", fields: { n: 2n ** 60n } } },
  { type: "task-output", task: compile, stream: "stderr", bytes: Buffer.from("é").subarray(1) },
  {
    type: "task-retrying",
    task: compile,
    attempt: 1,
    delayMs: 5,
    result: { status: "failed", exitCode: 1, message: "exited with 1" },
  },
  { type: "task-started", task: compile, attempt: 2 },
  { type: "task-finished", task: compile, attempt: 2, durationMs: 3000, result: { status: "succeeded" } },
  { type: "task-queued", task: check, position: 2 },
  { type: "task-started", task: check, attempt: 1 },
  {
    type: "task-finished",
    task: check,
    attempt: 1,
    durationMs: 61_000,
    result: { status: "failed", exitCode: 2, message: "exited\nwith 2", traceback: "at\nb" },
  },
  { type: "task-skipped", task: also, why: "halted" },
  { type: "warning", message: "disk is slow" },
  {
    type: "run-finished",
    summary: { succeeded: 1, failed: 1, lost: 0, cancelled: 0, skipped: 1, durationMs: 64_100 },
  },
];

async function recordAll(directory: string, timeMs?: number) {
  const run = await begin(directory, timeMs);
  for (const happening of happenings) await run.emit(happening);
  await run.recorder.close();
  return { runId: run.runId, ...run.shown() };
}

/** Runs the command line on a directory. */
async function sloth(directory: string, ...args: string[]) {
  const parsed = await parseCommandLine([...args, "--workdir", directory]);
  const { output, shown } = capture();
  const bytes = new PassThrough({ highWaterMark: 1e6 });
  if (parsed.kind !== "command") throw new Error(JSON.stringify(parsed));
  if (parsed.name === "runs") await runsCommand(parsed.args as RunsArguments, output);
  else if (parsed.name === "report") await reportCommand(parsed.args as ReportArguments, output);
  else await logsCommand(parsed.args as LogsArguments, output, bytes);
  return { ...shown(), bytes: (bytes.read() as Buffer | null) ?? Buffer.alloc(0) };
}

describe("sloth runs", () => {
  it("lists the runs, the newest first", async () => {
    const directory = scratch();
    const first = await recordAll(directory, 1_700_000_000_000);
    const second = await begin(directory);
    await expect.poll(async () => (await sloth(directory, "runs")).stdout).toContain(second.runId);
    const { stdout } = await sloth(directory, "runs");
    expect(stdout.split("\n")).toEqual([
      "RUN                         WHEN                  WORKFLOW  RESULT   TASKS  DURATION",
      `${second.runId}  2027-01-15 08:00:00Z  w.lua     running  3      -`,
      `${first.runId}  2023-11-14 22:13:20Z  w.lua     failed   3      1 min 04 s`,
      "",
    ]);
    await second.recorder.close();
  });

  it("says where it looked when there are none", async () => {
    const directory = scratch();
    expect(await sloth(directory, "runs")).toMatchObject({
      stdout: "",
      stderr: `sloth: no runs are recorded in ${directory}/.sloth/runs\n`,
    });
    expect((await sloth(directory, "runs", "--json")).stdout).toBe('{"runs":[]}\n');
  });
});

describe("sloth logs", () => {
  it("gives the bytes of a task exactly, of all attempts", async () => {
    const directory = scratch();
    const { runId } = await recordAll(directory);
    const expected = Buffer.concat([binary, Buffer.from("careful: olé")]);
    for (const names of [["compile"], ["last", "build/compile"], [runId.slice(-8).toLowerCase(), "compile"]])
      expect((await sloth(directory, "logs", ...names)).bytes).toEqual(expected);
    expect((await sloth(directory, "logs", "build/check")).bytes).toEqual(Buffer.alloc(0));
  });

  it.each([
    [["logs", "complie"], 'has no task "complie". Did you mean "compile"?'],
    [["logs", "check"], '"check" fits several tasks: build/check, test/check.'],
    [["logs", "ZZZZ", "compile"], 'There is no run "ZZZZ"'],
    [["logs", "0", "compile"], '"0" fits several runs'],
    [["logs", "-f"], "name the task"],
    [["report", "ZZZZ"], 'There is no run "ZZZZ"'],
  ])("names what is not there: %j", async (args, message) => {
    const directory = scratch();
    await recordAll(directory);
    await recordAll(directory);
    await expect(sloth(directory, ...args)).rejects.toMatchObject({
      name: "MasterError",
      message: expect.stringContaining(message),
    });
  });

  it("follows a task until it ends", async () => {
    const directory = scratch();
    const { runId, recorder, emit } = await begin(directory);
    const output = (words: string): RunHappening => ({
      type: "task-output",
      task: compile,
      stream: "stdout",
      bytes: Buffer.from(words),
    });
    await emit({ type: "task-started", task: compile, attempt: 1 });
    await emit(output("one\n"));
    const events = join(directory, ".sloth/runs", runId, "events.ndjson");
    await expect.poll(() => readFileSync(events, { encoding: "utf8", flag: "a+" })).toContain("one");
    const parsed = await parseCommandLine(["logs", "compile", "-f", "--workdir", directory]);
    if (parsed.kind !== "command") throw new Error(JSON.stringify(parsed));
    const stdout = new PassThrough();
    const following = logsCommand(parsed.args as LogsArguments, capture().output, stdout).finally(() =>
      stdout.end(),
    );
    const printed = text(stdout);
    await emit(output("two\n"));
    await emit({
      type: "task-finished",
      task: compile,
      attempt: 1,
      durationMs: 1,
      result: { status: "succeeded" },
    });
    expect(await following).toBe(0);
    expect(await printed).toBe("one\ntwo\n");
    await recorder.close();
  });
});

describe("sloth report", () => {
  it("tells what happened", async () => {
    const directory = scratch();
    const { runId } = await recordAll(directory);
    const file = shortPath(join(directory, "w.lua"), process.cwd());
    expect((await sloth(directory, "report")).stdout).toBe(`Run ${runId} of ${directory}/w.lua
2027-01-15 08:00:00Z  failed in 1 min 04 s: 1 succeeded, 1 failed, 1 skipped

Failures:
  ✗ build/check@b1 failed in 1 min 01 s: exited
      with 2
      ${file}:1  a Lua function
      at
      b
      again: npx @sloth/master run -f ${file} --only build/check

Not run:
  test/check  something else had failed

Warnings:
  disk is slow

Slowest tasks:
  1 min 01 s  build/check@b1
  3.0 s       build/compile

Critical path of build:
  compile (3.0 s) → check (1 min 01 s)
  1 min 04 s in all
`);
    const json = await sloth(directory, "report", runId, "--output", "json");
    const stored = readFileSync(join(directory, ".sloth/runs", runId, "summary.json"), "utf8");
    expect(json.stdout).toBe(stored);
  });

  it("shows a run again exactly as it was shown", async () => {
    const directory = scratch();
    const { runId, stdout, stderr } = await recordAll(directory);
    appendFileSync(join(directory, ".sloth/runs", runId, "events.ndjson"), '{"v":1,"time":"20');
    expect(await sloth(directory, "report", "--replay")).toMatchObject({ stdout, stderr });
    expect(await sloth(directory, "logs")).toMatchObject({ stdout, stderr });
  });
});
