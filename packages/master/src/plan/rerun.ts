import type { Group, Task } from "@sloth/dsl";
import { MasterError } from "../master-error.js";
import type { RunRecord, TaskRecord } from "../run-store/run-record.js";
import { keepTasks } from "./select-tasks.js";

/** What is run again of a recorded run, and what of it is taken as done. */
export interface Rerun {
  record: RunRecord;
  /** The groups of that run with those of their tasks that were part of it. */
  groups: Group[];
  /** Those that run again. */
  again: ReadonlySet<Task>;
  /** How each other one ended there. */
  settled: ReadonlyMap<Task, TaskRecord>;
  /** Of those that run again: what was under way when the process of that run was killed. */
  underway: ReadonlyMap<Task, TaskRecord>;
  /** Whether those run again whose outcome stays unknown. Absent: no. */
  rerunsUnknown?: boolean;
  /** Tasks of the workflow that were not part of that run, as `group/task`. */
  outside: string[];
}

export interface RerunOptions {
  groups: readonly Group[];
  record: RunRecord;
  /** Whether an attempt of a task that was not told to have started may have. Default: none. */
  mayHaveBegun?: (record: TaskRecord) => boolean;
  /** What to do instead, where the workflow has changed; for a person. */
  advice?: string;
  /** What a task is, as a digest; the record has the same. */
  definitionOf(group: string, task: string): string | undefined;
}

/**
 * Chooses what of a recorded run is to run again:
 *
 * 1. What failed, was cancelled or lost, was skipped because of that, or never ended.
 * 2. What depends on it, and the handlers of its failures; in a group with a fresh directory all, since what the others
 *    have made was in a directory that is gone.
 * 3. All else is settled: what succeeded, and what had no reason to run.
 *
 * @throws {MasterError} USAGE when the workflow does not fit any more to what is settled
 */
export function chooseRerun({
  groups: all,
  record,
  definitionOf,
  mayHaveBegun = () => false,
  advice = "Run it without --rerun-failed, or choose what is to run with --tasks or --only.",
}: RerunOptions): Rerun {
  const wasUnderway = (known: TaskRecord) => known.status === "running" || mayHaveBegun(known);
  // Functions of groups are recorded as tasks once they print, and have none.
  const tasks = record.tasks.filter(({ definition }) => definition !== undefined);
  if (tasks.length === 0 && record.tasks.length > 0)
    throw new MasterError("USAGE", `Run ${record.runId} was recorded by an earlier version: run it anew.`);
  const recorded = new Map(tasks.map((task) => [keyOf(task.group, task.task), task]));
  const groups = keepTasks(all, (group, task) => recorded.has(keyOf(group.name, task.name)));
  const again = new Set<Task>();
  const settled = new Map<Task, TaskRecord>();
  const underway = new Map<Task, TaskRecord>();
  const changes = goneFrom(groups, tasks);
  for (const group of groups) {
    const recordOf = (task: Task) => recorded.get(keyOf(group.name, task.name));
    const chosen = chooseIn(group, (task) => isUnsettled(recordOf(task)));
    for (const task of group.tasks) {
      const known = recordOf(task);
      const isChanged = known?.definition !== definitionOf(group.name, task.name);
      if (chosen.has(task)) {
        again.add(task);
        if (known && wasUnderway(known)) {
          underway.set(task, known);
          if (isChanged) changes.push(`task ${group.name}/${task.name} was under way and is another one now`);
        }
        if (isChanged) changes.push(...newNeeds(all, group, task));
      } else if (known) {
        settled.set(task, known);
        if (known.status === "succeeded" && isChanged)
          changes.push(`task ${group.name}/${task.name} succeeded there and is another one now`);
      }
    }
  }
  if (again.size > 0 && changes.length > 0) throw changed(record, changes, advice);
  const outside = all.flatMap(({ name: group, tasks }) =>
    tasks.filter(({ name }) => !recorded.has(keyOf(group, name))).map(({ name }) => `${group}/${name}`),
  );
  return { record, groups, again, settled, underway, outside };
}

const UNSETTLED: ReadonlySet<string> = new Set([
  "failed",
  "timed-out",
  "cancelled",
  "lost",
  "pending",
  "running",
]);
const SKIPPED_BY_FAILURE: ReadonlySet<string | undefined> = new Set(["dependency", "halted", "cancelled"]);

function isUnsettled(record: TaskRecord | undefined): boolean {
  if (!record) return true;
  return UNSETTLED.has(record.status) || (record.status === "skipped" && SKIPPED_BY_FAILURE.has(record.why));
}

/** A handler of failures runs again only with what it handles. */
function chooseIn(group: Group, isUnsettledTask: (task: Task) => boolean): Set<Task> {
  const isHandler = ({ nextIfFail = [] }: Task) => nextIfFail.length > 0;
  const chosen = new Set(group.tasks.filter((task) => !isHandler(task) && isUnsettledTask(task)));
  if (chosen.size > 0 && group.createWorkdir) return new Set(group.tasks);
  const due = [...chosen];
  for (let next = due.pop(); next; next = due.pop()) {
    const { name } = next;
    const following = group.tasks.filter(
      (task) => task.nextIfFail?.includes(name) || (!isHandler(task) && task.dependsOn.includes(name)),
    );
    for (const task of following) {
      if (chosen.has(task)) continue;
      chosen.add(task);
      due.push(task);
    }
  }
  return chosen;
}

function goneFrom(groups: readonly Group[], tasks: readonly TaskRecord[]): string[] {
  const known = new Set(groups.flatMap((group) => group.tasks.map(({ name }) => keyOf(group.name, name))));
  return tasks
    .filter(({ group, task }) => !known.has(keyOf(group, task)))
    .map(({ group, task }) => `task ${group}/${task} is gone`);
}

/** What it depends on and was not part of that run: where the task is the same, it was left out there on purpose. */
function newNeeds(all: readonly Group[], group: Group, { name, dependsOn }: Task): string[] {
  const written = all.find((other) => other.name === group.name)?.tasks.find((task) => task.name === name);
  const needed = written?.dependsOn.filter((other) => !dependsOn.includes(other)) ?? [];
  return needed.map((other) => `task ${group.name}/${name} depends on ${other}, which was not part of it`);
}

const MOST_CHANGES = 5;

function changed({ runId }: RunRecord, changes: readonly string[], advice: string): MasterError {
  const more = changes.length > MOST_CHANGES ? `; and ${changes.length - MOST_CHANGES} more` : "";
  const what = changes.slice(0, MOST_CHANGES).join("; ") + more;
  return new MasterError("USAGE", `The workflow has changed since run ${runId}: ${what}. ${advice}`);
}

function keyOf(group: string, task: string): string {
  return `${group}\0${task}`;
}
