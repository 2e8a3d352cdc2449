import { formatElapsed } from "../format-duration.js";
import { printable } from "../printable.js";
import { style } from "../style.js";
import type { Progress, ShownTask } from "./run-progress.js";
import { cutToWidth, widthOf } from "./terminal-text.js";

const BETWEEN = " · ";

interface Part {
  text: string;
  /** What is the least important is left out first. */
  importance: number;
}

/** `3 running · 10 done · 1 failed · 2 queued · 7 waiting · 1:03 · 2 here, 1 on build1` */
export function footer(
  progress: Progress,
  { columns, nowMs, color }: { columns: number; nowMs: number; color: boolean },
): string {
  const running = progress.active.filter(({ state }) => state === "running" || state === "preparing");
  const queued = progress.active.filter(({ state }) => state === "queued").length;
  const { done, failed } = progress;
  const waiting = progress.waiting + progress.active.length - running.length - queued;
  const parts: Part[] = [
    { text: `${running.length} running`, importance: 7 },
    { text: `${done} done`, importance: 4 },
    { text: failed > 0 ? style({ color }, "red", `${failed} failed`) : "", importance: 6 },
    { text: queued > 0 ? `${queued} queued` : "", importance: 3 },
    { text: waiting > 0 ? `${waiting} waiting` : "", importance: 2 },
    { text: formatElapsed(nowMs - progress.startedAtMs), importance: 5 },
    { text: running.some(({ task }) => task.agent !== undefined) ? perAgent(running) : "", importance: 1 },
  ];
  return joinWhatFits(
    parts.filter(({ text }) => text !== ""),
    columns,
  );
}

/** `2 here, 1 on build1`, the busiest first. */
function perAgent(running: readonly ShownTask[]): string {
  const counts = new Map<string, number>();
  for (const { task } of running) {
    const place = task.agent === undefined ? "here" : `on ${printable(task.agent)}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([place, count]) => `${count} ${place}`)
    .join(", ");
}

function joinWhatFits(parts: readonly Part[], columns: number): string {
  const text = parts.map((part) => part.text).join(BETWEEN);
  if (parts.length === 1 || widthOf(text) <= columns) return cutToWidth(text, columns);
  const least = parts.reduce((a, b) => (b.importance < a.importance ? b : a));
  return joinWhatFits(
    parts.filter((part) => part !== least),
    columns,
  );
}
