import { footer } from "./footer.js";
import type { Progress, ShownTask } from "./run-progress.js";
import { nameColumnsFor, taskRow } from "./task-row.js";
import { cutToWidth, widthOf } from "./terminal-text.js";

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
 * What a terminal that becomes small at once wraps to more rows than it has goes into its scrollback, from where nobody
 * can take it back. So the region fits, also wrapped, into what a terminal has at least, and one of its rows is left.
 */
const SMALL = { columns: 80, rows: 23 };

/**
 * The rows of the live region: the tasks, the longest running first, and a footer. It takes at most half of the
 * terminal, and leaves its last column free, where terminals differ in when they wrap.
 */
export function layout(progress: Progress, surface: Surface): string[] {
  const columns = Math.max(1, surface.columns - 1);
  const rows = layoutWithin(progress, { ...surface, columns });
  if (wrappedRows(rows) <= SMALL.rows) return rows;
  const narrow = SMALL.columns * Math.floor(SMALL.rows / rows.length);
  return layoutWithin(progress, { ...surface, columns: Math.min(columns, narrow) });
}

/** How many there would be in a small terminal. */
function wrappedRows(rows: readonly string[]): number {
  return rows.reduce((sum, row) => sum + Math.max(1, Math.ceil(widthOf(row) / SMALL.columns)), 0);
}

function layoutWithin(progress: Progress, options: Surface): string[] {
  const most = Math.min(SMALL.rows, Math.max(1, Math.floor(options.rows / 2)));
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
