import { formatElapsed } from "../format-duration.js";
import { style } from "../style.js";
import type { Progress, ShownTask } from "./run-progress.js";
import { slotsInUse } from "./slots-in-use.js";
import { cutToWidth, widthOf } from "./terminal-text.js";

const BETWEEN = " · ";

interface Part {
  text: string;
  /** What is the least important is left out first. */
  importance: number;
}

/** Waits neither for an agent nor for its next attempt. */
const isBusy = ({ state }: ShownTask) => state !== "queued" && state !== "retrying";

/** `3 running · 10 done · 1 failed · 2 queued · 7 waiting · 1:03 · 2 here, build1 1/4` */
export function footer(
  progress: Progress,
  { columns, nowMs, color }: { columns: number; nowMs: number; color: boolean },
): string {
  const busy = progress.active.filter(isBusy);
  const queued = progress.active.filter(({ state }) => state === "queued").length;
  const { done, failed } = progress;
  const waiting = progress.waiting + progress.active.length - busy.length - queued;
  const parts: Part[] = [
    { text: `${busy.length} running`, importance: 6 },
    { text: `${done} done`, importance: 3 },
    { text: failed > 0 ? style({ color }, "red", `${failed} failed`) : "", importance: 5 },
    { text: queued > 0 ? `${queued} queued` : "", importance: 2 },
    { text: waiting > 0 ? `${waiting} waiting` : "", importance: 1 },
    { text: formatElapsed(nowMs - progress.startedAtMs), importance: 4 },
  ].filter(({ text }) => text !== "");
  const all = joined(parts);
  const left = columns - widthOf(all + BETWEEN);
  if (left < 0) return joinWhatFits(parts, columns);
  const places = slotsInUse(busy, progress.slots, left);
  return places === "" ? all : all + BETWEEN + places;
}

function joined(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join(BETWEEN);
}

function joinWhatFits(parts: readonly Part[], columns: number): string {
  const text = joined(parts);
  if (parts.length === 1 || widthOf(text) <= columns) return cutToWidth(text, columns);
  const least = parts.reduce((a, b) => (b.importance < a.importance ? b : a));
  return joinWhatFits(
    parts.filter((part) => part !== least),
    columns,
  );
}
