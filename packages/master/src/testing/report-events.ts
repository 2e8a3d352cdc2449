/** Runs for the tests of reports. */
import type { TaskResult } from "@sloth/runtime";
import type { RunEvent, RunHappening, TaskInfo } from "../events/run-event.js";
import { RunCollector } from "../reports/model/collect-run.js";
import type { ReportedRun } from "../reports/model/reported-run.js";

/** When the runs of these tests begin. */
const STARTED_AT_MS = Date.UTC(2026, 0, 31, 12);

export function taskInfo(name: string, more: Partial<TaskInfo> = {}): TaskInfo {
  return { group: "build", name, dependsOn: [], at: { file: "w.lua", line: 3 }, ...more };
}

/** A run in which something happens at times, in milliseconds since its start. */
export function eventsOf(tasks: TaskInfo[], happenings: [atMs: number, RunHappening][]): RunEvent[] {
  const names = [...new Set(tasks.map(({ group }) => group))];
  const groups = names.map((name) => ({ name, tasks: tasks.filter(({ group }) => group === name) }));
  const start: RunHappening = { type: "run-started", run: { runId: "01M8", file: "/home/me/w.lua", groups } };
  return [[0, start] as const, ...happenings].map(([atMs, happening]) => ({
    timeMs: STARTED_AT_MS + atMs,
    ...happening,
  }));
}

/** What reports tell of such a run. */
export function reportedRun(events: readonly RunEvent[]): ReportedRun {
  const collector = new RunCollector();
  for (const event of events) collector.add(event);
  const { reportedRun: run } = collector;
  if (!run) throw new Error("There is no run-started among the events");
  return run;
}

export function started(task: TaskInfo, attempt = 1): RunHappening {
  return { type: "task-started", task, attempt };
}

export function output(task: TaskInfo, text: string | Uint8Array): RunHappening {
  return { type: "task-output", task, stream: "stdout", bytes: Buffer.from(text) };
}

export function finished(task: TaskInfo, result: Partial<TaskResult> = {}, durationMs = 100): RunHappening {
  return { type: "task-finished", task, attempt: 1, durationMs, result: { status: "succeeded", ...result } };
}
