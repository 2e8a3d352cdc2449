import type { Rerun } from "../plan/rerun.js";
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

function few(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  return names.slice(0, SHOWN_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
