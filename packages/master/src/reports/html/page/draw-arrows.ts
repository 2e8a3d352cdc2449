import { type Drawing, middleOf, xOf } from "./drawing.js";
import type { Bar } from "./lane-layout.js";

/** With more lines than this nobody sees anything: then there are only those of the task that is meant. */
const MOST_LINES = 250;
/** A longer path is marked in its bars only. */
const MOST_CRITICAL_LINES = 120;

/** Lines from each task to those that wait for it: what stands out is drawn over the bars, all others below them. */
export function drawArrows(drawing: Drawing, layer: "below" | "above"): void {
  const { state, palette } = drawing;
  const { tasks } = state.data;
  const meant = state.seen.selected ?? state.seen.hovered;
  const areFew = tasks.reduce((sum, { after }) => sum + after.length, 0) <= MOST_LINES;
  const isPathShort = tasks.filter((task) => task.isCritical).length <= MOST_CRITICAL_LINES;
  for (const [to, task] of tasks.entries())
    for (const from of task.after) {
      const isMeant = from === meant || to === meant;
      const isCritical = task.isCritical && (tasks[from]?.isCritical ?? false);
      const isShown = state.matches[from] && state.matches[to];
      if (layer === "above" && isMeant) drawArrow(drawing, { from, to, color: palette.focus, thickness: 2 });
      else if (layer === "above" && isCritical && isShown && isPathShort)
        drawArrow(drawing, { from, to, color: palette.ink, thickness: areFew ? 1.75 : 1.25 });
      else if (layer === "below" && !isMeant && !isCritical && isShown && areFew)
        drawArrow(drawing, { from, to, color: palette.queue, thickness: 1 });
    }
}

interface Arrow {
  from: number;
  to: number;
  color: string;
  thickness: number;
}

function drawArrow(drawing: Drawing, { from, to, color, thickness }: Arrow): void {
  const { context, layout, width, height } = drawing;
  const [last, first] = [layout.barsOf[from]?.at(-1), layout.barsOf[to]?.[0]];
  if (!last || !first) return;
  const start = endpoint(drawing, last, last.endMs);
  const end = endpoint(drawing, first, first.startMs);
  if ((start.x < 0 && end.x < 0) || (start.x > width && end.x > width)) return;
  if ((start.y < 0 && end.y < 0) || (start.y > height && end.y > height)) return;
  const bend = Math.max(8, Math.min(60, Math.abs(end.x - start.x) / 2, Math.abs(end.y - start.y)));
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = thickness;
  context.beginPath();
  context.moveTo(start.x, start.y);
  context.bezierCurveTo(start.x + bend, start.y, end.x - bend, end.y, end.x - 3, end.y);
  context.stroke();
  context.beginPath();
  context.moveTo(end.x, end.y);
  context.lineTo(end.x - 6, end.y - 3.5);
  context.lineTo(end.x - 6, end.y + 3.5);
  context.fill();
}

function endpoint(drawing: Drawing, bar: Bar, ms: number): { x: number; y: number } {
  return { x: xOf(drawing, ms), y: middleOf(drawing, bar) };
}
