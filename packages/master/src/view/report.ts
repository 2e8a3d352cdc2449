import type { RunRecord, TaskRecord } from "../run-store/run-record.js";
import { criticalPath } from "./critical-path.js";
import { formatDuration } from "./format-duration.js";
import { printable, printableName } from "./printable.js";
import { alignColumns, formatWhen } from "./runs-table.js";

const MOST_SLOW = 5;

/** What happened in a run, for people. */
export function describeReport(run: RunRecord): string[] {
  const duration = run.durationMs === undefined ? "" : ` in ${formatDuration(run.durationMs)}`;
  return [
    `Run ${printableName(run.runId)} of ${printableName(run.file)}`,
    `${formatWhen(run.started)}  ${run.result}${duration}: ${describeCounts(run)}`,
    ...section(
      "Failures",
      run.tasks.filter((task) => FAILED.has(task.status)).flatMap((task) => describeFailure(task, run)),
    ),
    ...section("Not run", run.tasks.filter(({ status }) => status === "skipped").map(describeSkip)),
    ...section(
      "Not ended",
      run.tasks.filter(isOpen).map((task) => `${nameOf(task)}  ${task.status}`),
    ),
    ...section(
      "Warnings",
      run.warnings.map((warning) => printableName(warning)),
    ),
    ...section("Slowest tasks", slowest(run.tasks)),
    ...groupsOf(run).flatMap(({ title, tasks }) =>
      section(title, describePath(criticalPath(tasks.flatMap(pathNode)).map(({ task }) => task))),
    ),
  ];
}

/** A task that has run, for the critical path. */
function pathNode(task: TaskRecord) {
  const { task: name, dependsOn, durationMs } = task;
  return durationMs === undefined ? [] : [{ name, dependsOn, durationMs, task }];
}

const FAILED: ReadonlySet<TaskRecord["status"]> = new Set(["failed", "timed-out", "lost", "cancelled"]);

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
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

/** As the run printed it, and where to look further. */
function describeFailure(task: TaskRecord, { runId }: RunRecord): string[] {
  const time = task.durationMs === undefined ? "" : ` in ${formatDuration(task.durationMs)}`;
  const attempt = (task.attempt ?? 1) > 1 ? `, attempt ${task.attempt}` : "";
  const message = task.message ? `: ${printable(task.message)}` : "";
  const traceback = task.traceback ? printable(task.traceback).split("\n") : [];
  const hint =
    task.log === undefined ? [] : [`  sloth logs ${runId} ${printableName(`${task.group}/${task.task}`)}`];
  return [
    ...`✗ ${nameOf(task)} ${task.status}${time}${attempt}${message}`.split("\n"),
    ...traceback.map((line) => `    ${line}`),
    ...hint,
  ];
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

function slowest(tasks: readonly TaskRecord[]): string[] {
  const timed = tasks.filter(({ durationMs }) => durationMs !== undefined);
  const sorted = timed.toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0)).slice(0, MOST_SLOW);
  return alignColumns(sorted.map((task) => [formatDuration(task.durationMs ?? 0), nameOf(task)]));
}

function groupsOf({ tasks }: RunRecord): { title: string; tasks: TaskRecord[] }[] {
  const names = [...new Set(tasks.map(({ group }) => group))];
  return names.map((name) => ({
    title: `Critical path of ${printableName(name)}`,
    tasks: tasks.filter(({ group }) => group === name),
  }));
}

/** Of a single task there is nothing to tell. */
function describePath(path: readonly TaskRecord[]): string[] {
  if (path.length < 2) return [];
  const total = path.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0);
  return [
    `${path.map((task) => `${printableName(task.task)} (${formatDuration(task.durationMs ?? 0)})`).join(" → ")}`,
    `${formatDuration(total)} in all`,
  ];
}

function isOpen({ status }: TaskRecord): boolean {
  return status === "pending" || status === "running";
}

function nameOf({ group, task, agent }: TaskRecord): string {
  return printableName(`${group}/${task}${agent === undefined ? "" : `@${agent}`}`);
}
