import type { Rerun } from "../plan/rerun.js";
import type { TaskRecord } from "../run-store/run-record.js";
import { printableName } from "./printable.js";

const SHOWN_NAMES = 5;

/** In one line, what is run again and what is taken from where. */
export function describeRerun({ record, groups, again, settled, outside }: Rerun): string {
  const { runId } = record;
  if (again.size === 0) return `nothing failed in run ${runId}, so nothing is run again`;
  const names = groups.flatMap((group) =>
    group.tasks.filter((task) => again.has(task)).map(({ name }) => `${group.name}/${name}`),
  );
  const done = [...settled.values()].filter(({ status }) => status === "succeeded").length;
  const taken = `${done} ${done === 1 ? "task is" : "tasks are"} taken as done`;
  const left = outside.length > 0 ? `; not part of it, and not run: ${few(outside)}` : "";
  return printableName(`continuing run ${runId}: ${taken}; run again: ${few(names)}${left}`);
}

/**
 * In a few lines, what becomes of a run that was killed.
 * @param unknown - of which nothing is known but that it was under way
 * @param agentOf - on which a task is that was under way, where it can be joined
 */
export function describeResumed(
  rerun: Rerun,
  unknown: readonly TaskRecord[],
  agentOf: (known: TaskRecord) => string | undefined,
): string {
  const { record, again, settled, underway, rerunsUnknown } = rerun;
  const count = (number: number) => `${number} ${number === 1 ? "task" : "tasks"}`;
  const done = [...settled.values()].filter(({ status }) => status === "succeeded").length;
  const nameOf = ({ group, task }: TaskRecord) => `${group}/${task}`;
  const joined = [...underway.values()].flatMap((known) => {
    const agent = agentOf(known);
    return agent === undefined ? [] : [`${nameOf(known)} on ${agent}`];
  });
  const parts = [
    `taking up run ${record.runId}: ${count(done)} taken as done, ${count(again.size - underway.size)} to run`,
    ...(joined.length > 0 ? [`joined: ${few(joined)}`] : []),
    // All of them: somebody has to look after each.
    ...(unknown.length > 0
      ? [`outcome unknown, and ${rerunsUnknown ? "run again" : "not run"}: ${unknown.map(nameOf).join(", ")}`]
      : []),
  ];
  return printableName(parts.join("; "));
}

function few(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  return names.slice(0, SHOWN_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
