import { didYouMean } from "@sloth/dsl";
import { MasterError } from "../master-error.js";
import type { TaskRecord } from "./run-record.js";
import { listRunIds, readRun, type StoredRun } from "./stored-runs.js";

/** How many names a message shows. */
const MOST_NAMES = 10;

/**
 * The run that is meant: by its id, the beginning or the end of it in any case, or `last`.
 * @throws {MasterError} NOT_FOUND
 */
export async function findRun(workflowDirectory: string, wanted = "last"): Promise<StoredRun> {
  const ids = await listRunIds(workflowDirectory);
  if (wanted === "last") {
    for (const id of ids) {
      const run = await readRun(workflowDirectory, id);
      if (run) return run;
    }
    throw notFound(`No run is recorded in ${workflowDirectory}. Name the workflow with -f FILE`);
  }
  const fitting = idsLike(ids, wanted);
  const [id] = fitting;
  if (fitting.length > 1) throw notFound(`"${wanted}" fits several runs: ${namesOf(fitting)}`);
  if (id === undefined) throw notFound(`There is no run "${wanted}"${suggestion(wanted, ids)}`);
  const run = await readRun(workflowDirectory, id);
  if (run) return run;
  throw notFound(`Run ${id} keeps changes, but was not recorded. See them with: sloth changes ${id}`);
}

/** Those that begin or end so, in any case. */
export function idsLike(ids: readonly string[], part: string): string[] {
  const upper = part.toUpperCase();
  return ids.filter((id) => id.startsWith(upper) || id.endsWith(upper));
}

/**
 * A task of a run.
 * @param wanted - `group/task`, or the name of a task that one group has
 * @throws {MasterError} NOT_FOUND
 */
export function findTask({ record }: StoredRun, wanted: string): TaskRecord {
  const fitting = tasksNamed(record.tasks, wanted);
  const [task] = fitting;
  if (fitting.length > 1) throw notFound(`"${wanted}" fits several tasks: ${namesOf(fitting.map(nameOf))}`);
  if (task) return task;
  const names = record.tasks.flatMap((known) => [nameOf(known), known.task]);
  throw notFound(`Run ${record.runId} has no task "${wanted}"${suggestion(wanted, names)}`);
}

export function tasksNamed(tasks: readonly TaskRecord[], wanted: string): TaskRecord[] {
  const exact = tasks.filter((task) => nameOf(task) === wanted);
  return exact.length > 0 ? exact : tasks.filter(({ task }) => task === wanted);
}

/** `group/task`. */
function nameOf({ group, task }: { group: string; task: string }): string {
  return `${group}/${task}`;
}

function suggestion(wanted: string, names: readonly string[]): string {
  const near = didYouMean(wanted, names);
  // It brings its own question mark.
  return near === "" && names.length > 0 ? `. There are: ${namesOf(names)}` : near;
}

function namesOf(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ", …" : "";
  return [...new Set(names)].slice(0, MOST_NAMES).join(", ") + more;
}

function notFound(message: string): MasterError {
  return new MasterError("NOT_FOUND", message.endsWith("?") ? message : `${message}.`);
}
