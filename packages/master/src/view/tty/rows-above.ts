import { widthOf } from "./terminal-text.js";

/**
 * How far above the cursor the region begins, when the cursor is at the beginning of its last row. A terminal that has
 * become narrower than the rows may have wrapped them; it keeps the cursor with its text.
 *
 * Not guaranteed: rows that a change of size pushes out of the screen stay in the scrollback. That takes a terminal that
 * becomes less than half as wide or high at once, and smaller than what `layout` makes the region fit into.
 *
 * @param columns - of the terminal now
 */
export function rowsAbove(drawn: readonly string[], columns: number, rewraps: boolean): number {
  const above = drawn.slice(0, -1);
  if (!rewraps) return above.length;
  return above.reduce((rows, row) => rows + Math.max(1, Math.ceil(widthOf(row) / columns)), 0);
}
