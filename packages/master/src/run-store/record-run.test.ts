import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryAcquireLock } from "@sloth/workspace";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RunEvent, RunHappening, TaskInfo } from "../events/run-event.js";
import { makeRunId } from "../plan/run-id.js";
import { recordRun } from "./record-run.js";
import { openRunStore } from "./run-store.js";
import { isRunning, listRunIds, readEvents, readRun } from "./stored-runs.js";

const task: TaskInfo = { group: "Build it", name: "a/b", dependsOn: [], at: { file: "w.lua", line: 1 } };
const runId = makeRunId();
const started: RunHappening = {
  type: "run-started",
  run: { runId, file: "/w.lua", groups: [{ name: task.group, tasks: [task] }] },
};
const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const body: RunHappening[] = [
  { type: "task-started", task, attempt: 1 },
  { type: "task-output", task, stream: "stdout", bytes },
  { type: "task-output", task, stream: "stderr", bytes: Buffer.from("olá\n") },
  {
    type: "task-finished",
    task,
    attempt: 1,
    durationMs: 5,
    result: { status: "failed", exitCode: 2, message: "no", outputs: { n: 2n ** 60n } },
  },
];
const finished: RunHappening = {
  type: "run-finished",
  summary: { succeeded: 0, failed: 1, lost: 0, cancelled: 0, skipped: 0, durationMs: 9 },
};

function scratch(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-record-")));
  onTestFinished(() => {
    execFileSync("chmod", ["-R", "u+w", directory]);
    rmSync(directory, { recursive: true });
  });
  return directory;
}

async function record(workflowDirectory: string, happenings: RunHappening[], id = runId) {
  const warnings: string[] = [];
  const recorder = recordRun({ workflowDirectory, runId: id, warn: (message) => warnings.push(message) });
  let timeMs = 1_800_000_000_000;
  const events = happenings.map((happening): RunEvent => ({ timeMs: timeMs++, ...happening }));
  for (const event of events) await recorder.listen(event);
  return { recorder, warnings, events };
}

async function recordAll(workflowDirectory: string, id = runId) {
  const recorded = await record(workflowDirectory, [started, ...body, finished], id);
  await recorded.recorder.close();
  return recorded;
}

async function eventsOf(directory: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of readEvents(directory)) events.push(event);
  return events;
}

describe("the recorder", () => {
  it("keeps the events, the output and what came of it, for the owner alone", async () => {
    const directory = scratch();
    const { warnings, events } = await recordAll(directory);
    expect(warnings).toEqual([]);
    const run = join(directory, ".sloth/runs", runId);
    expect(readdirSync(run).sort()).toEqual([".mark", "events.ndjson", "logs", "summary.json"]);
    const plain = (list: RunEvent[]) =>
      list.map((event) => ("bytes" in event ? { ...event, bytes: [...event.bytes] } : event));
    expect(plain(await eventsOf(run))).toEqual(plain(events));
    const stored = await readRun(directory, runId);
    expect(stored?.record).toMatchObject({
      result: "failed",
      durationMs: 9,
      counts: { failed: 1 },
      tasks: [{ group: "Build it", task: "a/b", status: "failed", attempt: 1, exitCode: 2, message: "no" }],
    });
    const log = join(run, stored?.record.tasks[0]?.log ?? "");
    expect(readFileSync(log)).toEqual(Buffer.concat([bytes, Buffer.from("olá\n")]));
    expect(readFileSync(join(run, "summary.json"), "utf8")).toContain('"n": 1152921504606846976');
    const modes = [run, log, join(run, "events.ndjson"), join(run, "summary.json"), join(run, "logs")].map(
      (path) => (statSync(path).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(["700", "600", "600", "600", "700"]);
  });

  it("keeps nothing of how far a transfer was", async () => {
    const directory = scratch();
    const far = { stage: "sync", doneBytes: 1, totalBytes: 2 } as const;
    const { recorder } = await record(directory, [
      started,
      { type: "task-stage", task, attempt: 1, stage: "sync", slots: 4 },
      { type: "task-transfer", task, attempt: 1, ...far },
      ...body,
    ]);
    await recorder.close();
    const events = await eventsOf(join(directory, ".sloth/runs", runId));
    expect(events.map(({ type }) => type)).toEqual([
      "run-started",
      "task-stage",
      ...body.map(({ type }) => type),
    ]);
  });

  it("leaves a beginning when the process dies, of which a cut line is no part", async () => {
    const directory = scratch();
    const { recorder, events } = await record(directory, [started, ...body]);
    await recorder.close();
    const run = join(directory, ".sloth/runs", runId);
    expect(await eventsOf(run)).toHaveLength(events.length);
    expect((await readRun(directory, runId))?.record).toMatchObject({
      result: "unfinished",
      tasks: [{ status: "failed" }],
    });
    truncateSync(join(run, "events.ndjson"), statSync(join(run, "events.ndjson")).size - 10);
    expect(await eventsOf(run)).toHaveLength(events.length - 1);
    expect((await readRun(directory, runId))?.record.tasks).toMatchObject([{ status: "running" }]);
  });

  it.each([".sloth", ".sloth/runs", `.sloth/runs/${runId}`, `.sloth/runs/${runId}/logs`])(
    "warns once and follows no link in the place of %s",
    async (path) => {
      const [directory, elsewhere] = [scratch(), scratch()];
      mkdirSync(join(directory, path, ".."), { recursive: true });
      symlinkSync(elsewhere, join(directory, path));
      const { warnings } = await recordAll(directory);
      expect(warnings).toEqual([expect.stringContaining("this run is not recorded")]);
      expect(readdirSync(elsewhere)).toEqual([]);
    },
  );

  it("writes to no link in the place of a file", async () => {
    const [directory, elsewhere] = [scratch(), scratch()];
    const run = join(directory, ".sloth/runs", runId);
    mkdirSync(run, { recursive: true });
    symlinkSync(join(elsewhere, "file"), join(run, "events.ndjson"));
    const { warnings } = await recordAll(directory);
    expect(warnings).toHaveLength(1);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)("warns once where nothing can be written", async () => {
    const directory = scratch();
    chmodSync(directory, 0o500);
    const { warnings } = await recordAll(directory);
    expect(warnings).toEqual([expect.stringContaining("Cannot create")]);
  });

  it("warns once where a file cannot be written", async () => {
    const directory = scratch();
    const run = join(directory, ".sloth/runs", runId);
    mkdirSync(join(run, "events.ndjson"), { recursive: true });
    const { warnings } = await recordAll(directory);
    expect(warnings).toHaveLength(1);
    expect(existsSync(join(run, "summary.json"))).toBe(false);
  });

  it("slows the run down when the disk does not keep up", async () => {
    const directory = scratch();
    const { recorder } = await record(directory, [started]);
    const waits: Promise<unknown>[] = [];
    let waited = 0;
    for (let written = 0; written < 64; written++) {
      const wait = recorder.listen({
        timeMs: 1,
        type: "task-output",
        task,
        stream: "stdout",
        bytes: new Uint8Array(256 * 1024),
      });
      let isDone = false;
      waits.push(Promise.resolve(wait).then(() => (isDone = true)));
      await new Promise(setImmediate);
      if (!isDone) waited++;
      await wait;
    }
    await recorder.close();
    expect(waited).toBeGreaterThan(0);
    const log = readdirSync(join(directory, ".sloth/runs", runId, "logs"))[0] ?? "";
    const [file] = readdirSync(join(directory, ".sloth/runs", runId, "logs", log));
    expect(statSync(join(directory, ".sloth/runs", runId, "logs", log, file ?? "")).size).toBe(
      64 * 256 * 1024,
    );
  });
});

describe("old runs", () => {
  const ids = Array.from({ length: 25 }, (_, index) => makeRunId(1_700_000_000_000 + index));

  it("are removed when a run starts, but for those that live or keep changes", async () => {
    const directory = scratch();
    const [living = "", keeping = "", ...others] = ids;
    for (const id of ids) mkdirSync(join(directory, ".sloth/runs", id, "logs"), { recursive: true });
    mkdirSync(join(directory, ".sloth/runs", ".going-x"));
    mkdirSync(join(directory, ".sloth/runs", "of-somebody"));
    const lock = tryAcquireLock(join(directory, ".sloth/runs", living, ".running"));
    expect(isRunning(join(directory, ".sloth/runs", living))).toBe(true);
    await openRunStore(directory, keeping).keepChanges({
      base: { entries: [{ path: "a", kind: "directory", mode: 0o755, mtimeUs: 0, sizeBytes: 0 }] },
      changeset: { upserts: [], deletions: ["a"] },
      about: {
        group: "events.ndjson",
        task: "t",
        attempt: 1,
        agent: "build1",
        workspaceRoot: "/w",
        why: "failed",
        timeMs: 1,
        protect: [],
        workflowFiles: [],
      },
    });
    await recordAll(directory);
    const newest = others.slice(-19);
    expect(await listRunIds(directory)).toEqual([runId, ...newest.reverse(), keeping, living]);
    expect(readdirSync(join(directory, ".sloth/runs"))).not.toContain(".going-x");
    expect(existsSync(join(directory, ".sloth/runs/of-somebody"))).toBe(true);
    lock?.release();
  });
});
