import type { RunRecord, TaskRecord } from "../run-store/run-record.js";
import { describeFailure, isFailure } from "./describe-failure.js";
import { describeTimes } from "./describe-times.js";
import { formatDuration } from "./format-duration.js";
import { printableName } from "./printable.js";
import { failureOf, runInfo, timed } from "./recorded-run.js";
import { formatWhen } from "./runs-table.js";
import { fullNameOf } from "./task-name.js";

export interface ReportReader {
  /** Of the person who reads it. */
  directory: string;
  /** Of the tasks that failed: what they printed last, and where all of it is. */
  outputOf: (task: TaskRecord) => { lastLines: readonly string[]; log?: string | undefined };
}

/** What happened in a run, for people. */
export function describeReport(run: RunRecord, reader: ReportReader): string[] {
  const duration = run.durationMs === undefined ? "" : ` in ${formatDuration(run.durationMs)}`;
  return [
    `Run ${printableName(run.runId)} of ${printableName(run.file)}`,
    `${formatWhen(run.started)}  ${run.result}${duration}: ${describeCounts(run)}`,
    ...section("Failures", describeFailures(run, reader)),
    ...section("Not run", run.tasks.filter(({ status }) => status === "skipped").map(describeSkip)),
    ...section(
      "Not ended",
      run.tasks.filter(isUnfinished).map((task) => `${nameOf(task)}  ${task.status}`),
    ),
    ...section(
      "Warnings",
      run.warnings.map((warning) => printableName(warning)),
    ),
    ...describeTimes(run.tasks.flatMap(timed)).flatMap(({ title, lines }) => section(title, lines)),
  ];
}

/** As the run itself printed it at its end. */
function describeFailures(run: RunRecord, { directory, outputOf }: ReportReader): string[] {
  const info = runInfo(run);
  return run.tasks
    .filter(({ status }) => isFailure(status))
    .flatMap((task, index) => [
      ...(index > 0 ? [""] : []),
      ...describeFailure({ ...failureOf(task), ...outputOf(task) }, info, { directory }),
    ]);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`.trimEnd())];
}

/** Of all tasks that the record has; a run that was killed has no counts of its own. */
function describeCounts({ tasks, counts, ended }: RunRecord): string {
  if (ended === undefined)
    return `${tasks.filter((task) => !isOpen(task)).length} of ${tasks.length} tasks ended`;
  return Object.entries(counts)
    .filter(([name, count]) => name === "succeeded" || count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}

function describeSkip(task: TaskRecord): string {
  return task.why === undefined
    ? nameOf(task)
    : `${nameOf(task)}  ${REASONS[task.why] ?? printableName(task.why)}`;
}

const REASONS: Record<string, string> = {
  dependency: "what it depends on did not succeed",
  halted: "something else had failed",
  "not-needed": "nothing failed that it handles",
  cancelled: "the run was ended",
  condition: "its run_if did not hold",
};

function isOpen({ status }: TaskRecord): boolean {
  return status === "pending" || status === "running";
}

/** Of a run that was killed, or a task that was stopped with it. */
function isUnfinished(task: TaskRecord): boolean {
  return isOpen(task) || task.status === "cancelled";
}

function nameOf({ task: name, ...rest }: TaskRecord): string {
  return fullNameOf({ ...rest, name });
}
