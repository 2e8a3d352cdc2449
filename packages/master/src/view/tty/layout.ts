import { footer } from "./footer.js";
import type { Progress, ShownTask } from "./run-progress.js";
import { nameColumnsFor, taskRow } from "./task-row.js";
import { cutToWidth } from "./terminal-text.js";

export interface Surface {
  columns: number;
  /** Of the whole terminal. */
  rows: number;
  nowMs: number;
  color: boolean;
}

const order: Record<ShownTask["state"], number> = {
  running: 0,
  sending: 0,
  fetching: 0,
  preparing: 1,
  retrying: 2,
  queued: 3,
};

/**
 * The rows of the live region: the tasks, the longest running first, and a footer. It takes at most half of the
 * terminal, and leaves its last column free, where terminals differ in when they wrap.
 */
export function layout(progress: Progress, surface: Surface): string[] {
  const options = { ...surface, columns: Math.max(1, surface.columns - 1) };
  const most = Math.max(1, Math.floor(surface.rows / 2));
  const tasks = [...progress.active].sort(
    (a, b) =>
      order[a.state] - order[b.state] || (a.position ?? 0) - (b.position ?? 0) || a.sinceMs - b.sinceMs,
  );
  const shown = tasks.slice(0, placesFor(tasks.length, most - 1));
  const missing = tasks.length - shown.length;
  const nameColumns = nameColumnsFor(progress.nameColumns, options.columns);
  return [
    ...shown.map((task) => taskRow(task, { ...options, nameColumns })),
    ...(missing > 0 && shown.length > 0 && shown.length < most - 1
      ? [cutToWidth(`… and ${missing} more`, options.columns)]
      : []),
    footer(progress, options),
  ];
}

/** One place goes to `… and 12 more`, but not the only one. */
function placesFor(tasks: number, places: number): number {
  return tasks <= places || places < 2 ? Math.min(tasks, places) : places - 1;
}
