import { criticalPath } from "./critical-path.js";
import { formatDuration } from "./format-duration.js";
import { printableName } from "./printable.js";
import { alignColumns } from "./runs-table.js";
import { fullNameOf } from "./task-name.js";

/** A task that has run, and for how long. */
export interface TimedTask {
  group: string;
  name: string;
  agent?: string | undefined;
  dependsOn: readonly string[];
  durationMs: number;
}

const MOST_SLOW = 5;
const MOST_STEPS = 8;

/** A heading, and lines below it. */
export interface Section {
  title: string;
  lines: string[];
}

/** Where the time of a run went: the slowest tasks, and what the end of each group waited for. */
export function describeTimes(tasks: readonly TimedTask[]): Section[] {
  const slowest = tasks.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, MOST_SLOW);
  const groups = [...new Set(tasks.map(({ group }) => group))];
  return [
    {
      title: "Slowest tasks",
      lines: alignColumns(slowest.map((task) => [formatDuration(task.durationMs), fullNameOf(task)])),
    },
    ...groups.map((name) => ({
      title: `Critical path of ${printableName(name)}`,
      lines: describePath(criticalPath(tasks.filter(({ group }) => group === name))),
    })),
  ].filter(({ lines }) => lines.length > 0);
}

/** Of a single task there is nothing to tell; of many, only which of them take longest. */
function describePath(path: readonly TimedTask[]): string[] {
  if (path.length < 2) return [];
  const total = formatDuration(path.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const longest = new Set(path.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, MOST_STEPS));
  const steps = path.map((task) =>
    longest.has(task) ? `${printableName(task.name)} (${formatDuration(task.durationMs)})` : "…",
  );
  const shown = steps.filter((step, index) => step !== "…" || steps[index - 1] !== "…");
  const count = path.length > MOST_STEPS ? `, in ${path.length} tasks` : "";
  return [shown.join(" → "), `${total} in all${count}`];
}
