import type { ChangeCounts } from "@sloth/runtime";
import { describeSkip } from "../model/describe-skip.js";
import { type ReportedRun, type ReportedTask, tasksOf } from "../model/reported-run.js";
import type { PageAttempt, PageData, PageStatus, PageTask } from "./page-data.js";

/** What the page is given of a run, but for what the tasks printed. */
export function describePage(run: ReportedRun): PageData {
  const tasks = tasksOf(run);
  const indexes = new Map(tasks.map(({ info }, index) => [keyOf(info.group, info.name), index]));
  return {
    runId: run.info.runId,
    file: run.info.file,
    ...resultOf(run),
    startedAtMs: run.startedAtMs,
    durationMs: run.durationMs,
    warnings: run.warnings,
    groups: run.groups.map(({ name, description }) => ({
      name,
      ...(description !== undefined && { description }),
    })),
    places: run.places.map(({ agent = "here", lanes }) => ({ name: agent, lanes })),
    tasks: tasks.map((task) => describeTask(task, run, indexes)),
  };
}

function describeTask(task: ReportedTask, run: ReportedRun, indexes: ReadonlyMap<string, number>): PageTask {
  const { group, name, agent, description, script, at, dependsOn, nextIfFail = [] } = task.info;
  const { message, traceback, changes } = task.result ?? {};
  const placeOf = (other: string | undefined) => run.places.findIndex((known) => known.agent === other);
  const last = task.attempts.at(-1);
  return {
    name,
    group: run.groups.findIndex((known) => known.name === group),
    ...(last && { place: placeOf(last.agent) }),
    where: agent ?? "here",
    status: task.status,
    ...(task.status === "skipped" && { why: describeSkip(task) }),
    ...(task.reusedFrom !== undefined && { reusedFrom: task.reusedFrom }),
    ...(description && { description }),
    after: [...dependsOn, ...nextIfFail].flatMap((other) => indexes.get(keyOf(group, other)) ?? []),
    attempts: task.attempts.map((attempt) => ({
      ...describeAttempt(attempt),
      ...(attempt.agent !== last?.agent && { place: placeOf(attempt.agent) }),
    })),
    durationMs: Math.round(task.durationMs),
    isCritical: task.isCritical,
    ...(message && { message }),
    ...(traceback && { traceback }),
    ...(changes && { changes: describeChanges(changes) }),
    ...(script !== undefined && { script }),
    ...(at.line > 0 && { at: `${at.file}:${at.line}` }),
  };
}

function describeChanges({ added, modified, deleted }: ChangeCounts): string {
  return added + modified + deleted === 0 ? "nothing" : `+${added} ~${modified} -${deleted}`;
}

function describeAttempt({
  number,
  status,
  lane,
  segments,
  result,
}: ReportedTask["attempts"][number]): PageAttempt {
  return {
    number,
    status,
    lane,
    segments: segments.map(({ stage, startMs, endMs }) => [stage, startMs, endMs]),
    ...(result?.message && { message: result.message }),
  };
}

/** Of the whole run; one that was ended is no success, whatever its tasks were. */
export function resultOf({ summary }: Pick<ReportedRun, "summary">): { status: PageStatus; result: string } {
  if (!summary) return { status: "running", result: "not finished" };
  if (summary.ended) {
    const status = summary.ended === "timed-out" ? "timed-out" : "cancelled";
    return { status, result: summary.ended === "timed-out" ? "timed out" : summary.ended };
  }
  const status = summary.failed > 0 ? "failed" : summary.lost > 0 ? "lost" : "succeeded";
  return { status, result: status };
}

function keyOf(group: string, name: string): string {
  return `${group}\0${name}`;
}
