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
}

/*
 * Between two frames the cursor is at the beginning of the region's first row. A terminal that is made narrower may
 * wrap the rows again, so nobody knows how many they are then; but the cursor stays with the text where it was, so
 * what is below it is the region, however tall, and can be cleared.
 *
 * 1. The frame is between the marks of a synchronized update, so that it is seen as a whole.
 *    (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036)
 * 2. When lines come, the region is cleared, the lines are printed and scroll as all output does, and the region is
 *    drawn again below them. Otherwise only rows that have changed are written.
 * 3. Rows are drawn with wrapping off, so that one whose width was counted wrong spoils no other.
 */

/** The bytes that change what is seen; undefined where nothing changes. */
export function drawFrame(change: Change): Uint8Array | undefined {
  const { before, after, lines, isRepaint } = change;
  const isSame = lines.length === 0 && isDeepStrictEqual(before, after);
  if (isSame && !(isRepaint && after.length > 0)) return undefined;
  const isAllNew = isRepaint || lines.length > 0 || after.length === 0;
  const rows = drawRows(isAllNew ? [] : before, after);
  const front = [BEGIN_UPDATE];
  if (before.length > 0 && isAllNew) front.push(`\r${CLEAR_BELOW}`);
  if (before.length > 0 && after.length === 0) front.push(SHOW_CURSOR);
  if (before.length === 0 && after.length > 0) front.push(HIDE_CURSOR);
  return Buffer.concat([Buffer.from(front.join("")), lines, Buffer.from(rows + END_UPDATE)]);
}

function drawRows(before: readonly string[], after: readonly string[]): string {
  const isShorter = after.length < before.length;
  const last = after.length - 1;
  const mustDraw = (row: number) => after[row] !== before[row] || (isShorter && row === last);
  const end = after.findLastIndex((_, row) => mustDraw(row));
  if (end < 0) return "";
  let drawn = `${WRAP_OFF}\r`;
  for (let row = 0; row <= end; row++) {
    if (row > 0) drawn += "\r\n";
    if (mustDraw(row)) drawn += (isShorter && row === last ? CLEAR_BELOW : CLEAR_ROW) + after[row];
  }
  return `${drawn}\r${end > 0 ? `\u001b[${end}A` : ""}${WRAP_ON}`;
}

/** Leaves a terminal without the region, as it was before. */
export const RESTORE = `${END_UPDATE}${WRAP_ON}\r${CLEAR_BELOW}${SHOW_CURSOR}`;
