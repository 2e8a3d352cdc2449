import { isDeepStrictEqual } from "node:util";

const BEGIN_UPDATE = "\u001b[?2026h";
const END_UPDATE = "\u001b[?2026l";
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const WRAP_OFF = "\u001b[?7l";
const WRAP_ON = "\u001b[?7h";
const CLEAR_ROW = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** What has been drawn and what is to be seen. */
export interface Change {
  before: readonly string[];
  after: readonly string[];
  /** Lines that go into the scrollback above. */
  lines: Uint8Array;
  /** Draw all, since the terminal may no longer show what was drawn. */
  isRepaint: boolean;
  /** Terminal rows from the first row of `before` to its last one; `before.length - 1` unless they have been wrapped. */
  rowsAbove: number;
}

/*
 * Between two frames the cursor is at the beginning of the region's last row.
 *
 * 1. The frame is between the marks of a synchronized update, so that it is seen as a whole.
 *    (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036)
 * 2. When lines come, the region is cleared, the lines are printed and scroll as all output does, and the region is
 *    drawn again below them. Otherwise only rows that have changed are written.
 * 3. Rows are drawn with wrapping off, so that one whose width was counted wrong spoils no other.
 *
 * What the user types appears at the cursor until that row changes.
 */

/** The bytes that change what is seen; undefined where nothing changes. */
export function drawFrame(change: Change): Uint8Array | undefined {
  const { before, after, lines, isRepaint, rowsAbove } = change;
  const isSame = lines.length === 0 && isDeepStrictEqual(before, after);
  if (isSame && !(isRepaint && after.length > 0)) return undefined;
  const isAllNew = isRepaint || lines.length > 0 || after.length === 0;
  let front = BEGIN_UPDATE;
  if (before.length > 0) front += `\r${up(rowsAbove)}`;
  if (before.length > 0 && isAllNew) front += CLEAR_BELOW;
  if (before.length > 0 && after.length === 0) front += SHOW_CURSOR;
  if (before.length === 0 && after.length > 0) front += HIDE_CURSOR;
  const rows = drawRows(isAllNew ? [] : before, after);
  return Buffer.concat([Buffer.from(front), lines, Buffer.from(rows + END_UPDATE)]);
}

/** From the beginning of the first row to that of the last one. */
function drawRows(before: readonly string[], after: readonly string[]): string {
  if (after.length === 0) return "";
  const isShorter = after.length < before.length;
  const last = after.length - 1;
  let drawn = `${WRAP_OFF}\r`;
  for (const [row, text] of after.entries()) {
    if (row > 0) drawn += "\r\n";
    if (isShorter && row === last) drawn += CLEAR_BELOW + text;
    else if (text !== before[row]) drawn += CLEAR_ROW + text;
  }
  return `${drawn}\r${WRAP_ON}`;
}

function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : "";
}

/** Leaves a terminal without the region, as it was before. */
export function restore(rowsAbove: number): string {
  return `${END_UPDATE}${WRAP_ON}\r${up(rowsAbove)}${CLEAR_BELOW}${SHOW_CURSOR}`;
}
