import { describeStage } from "../describe-stage.js";
import { formatElapsed } from "../format-duration.js";
import { style } from "../style.js";
import { nameOf } from "../task-name.js";
import type { ShownTask } from "./run-progress.js";
import { cutToWidth, padToWidth, visibleInRow, widthOf } from "./terminal-text.js";

/** A task that runs longer is marked. */
const SLOW_MS = 60_000;
const LEAST_NAME_COLUMNS = 8;
/** Less of a line says nothing. */
const LEAST_OUTPUT_COLUMNS = 8;

const marks: Record<ShownTask["state"], string> = {
  preparing: "·",
  queued: "·",
  sending: "↑",
  running: "▸",
  fetching: "↓",
  retrying: "↻",
};

export interface RowOptions {
  columns: number;
  /** Of the column of names. */
  nameColumns: number;
  nowMs: number;
  color: boolean;
}

/** How wide the column of names is where the longest one takes up that much. */
export function nameColumnsFor(longest: number, columns: number): number {
  return Math.min(longest, Math.max(LEAST_NAME_COLUMNS, Math.floor(columns * 0.4)));
}

/** `▸ build@agent  12 s  attempt 2  what it printed last`; what does not fit is left out from the right. */
export function taskRow(active: ShownTask, options: RowOptions): string {
  const { columns, nameColumns, nowMs } = options;
  const elapsedMs = nowMs - active.sinceMs;
  const name = padToWidth(cutToWidth(nameOf(active.task), nameColumns), nameColumns);
  let row = `${marks[active.state]} ${style(options, "cyan", name)} ${formatElapsed(elapsedMs).padStart(5)}`;
  for (const [index, note] of notesOf(active, elapsedMs, nowMs).entries()) {
    const between = index === 0 || !note.isMore ? "  " : ", ";
    if (widthOf(row) + between.length + note.text.length > columns) break;
    row += between + style(options, "yellow", note.text);
  }
  const left = columns - widthOf(row) - 2;
  if ((active.state === "running" || active.state === "preparing") && left >= LEAST_OUTPUT_COLUMNS) {
    row += `  ${cutToWidth(visibleInRow(active.output.lastLine(), options.color).trimStart(), left)}`;
  }
  return cutToWidth(row.trimEnd(), columns);
}

interface Note {
  text: string;
  /** Says more to the note before it. */
  isMore: boolean;
}

function notesOf(active: ShownTask, elapsedMs: number, nowMs: number): Note[] {
  const { state, attempt } = active;
  const [stage, ...more] = describeStage(active, nowMs);
  const notes: Note[] = [];
  const note = (text: string, isMore = false) => notes.push({ text, isMore });
  if (state === "running" && elapsedMs >= SLOW_MS) note("SLOW");
  if (stage !== undefined) note(stage);
  for (const text of more) note(text, true);
  if (attempt > 1 && state !== "retrying") note(`attempt ${attempt}`);
  return notes;
}
