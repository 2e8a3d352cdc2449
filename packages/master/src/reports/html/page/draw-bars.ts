import type { PageAttempt, PageStage } from "../page-data.js";
import { type Drawing, FONT, xOf } from "./drawing.js";
import type { Bar } from "./lane-layout.js";
import { MARKS } from "./status-words.js";

const NARROWEST = 2;
const NARROWEST_WITH_NAME = 34;
const QUEUE_HEIGHT = 3;
const DIMMED = 0.16;

/** All attempts that are seen. Those that the filter keeps out are only hinted at. */
export function drawBars(drawing: Drawing): void {
  const { layout, scrollTop, height } = drawing;
  for (const { lanes } of layout.places)
    for (const { top, bars } of lanes) {
      const y = top - scrollTop;
      if (y + layout.laneHeight < 0 || y > height) continue;
      // What went wrong last, so that it is seen where there is no room for all.
      for (const bar of bars) if (isGood(drawing, bar)) drawBar(drawing, bar, y);
      for (const bar of bars) if (!isGood(drawing, bar)) drawBar(drawing, bar, y);
    }
}

function isGood({ state }: Drawing, { task, attempt }: Bar): boolean {
  return state.data.tasks[task]?.attempts[attempt]?.status === "succeeded";
}

function drawBar(drawing: Drawing, bar: Bar, laneTop: number): void {
  const { context, state, layout, width } = drawing;
  const [queued, start, end] = [bar.queuedMs, bar.startMs, bar.endMs].map((ms) => xOf(drawing, ms));
  if (queued === undefined || start === undefined || end === undefined || end < -NARROWEST || queued > width)
    return;
  const attempt = state.data.tasks[bar.task]?.attempts[bar.attempt];
  if (!attempt) return;
  const y = laneTop + (layout.laneHeight - layout.barHeight) / 2;
  context.globalAlpha = state.matches[bar.task] ? 1 : DIMMED;
  drawQueue(drawing, bar, { x: queued, end: start, y: y + layout.barHeight + 1 });
  const box = { x: start, y, width: Math.max(NARROWEST, end - start), height: layout.barHeight };
  drawStages(drawing, attempt, box);
  drawFrame(drawing, bar, box);
  drawName(drawing, bar, attempt, box);
  context.globalAlpha = 1;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Below the bar, as others run in the lane meanwhile. */
function drawQueue(
  { context, palette, state }: Drawing,
  bar: Bar,
  at: { x: number; end: number; y: number },
) {
  if (at.end - at.x < 1) return;
  const { selected, hovered } = state.seen;
  const isMeant = bar.task === selected || bar.task === hovered;
  context.fillStyle = isMeant ? palette.focus : palette.queue;
  context.fillRect(at.x, at.y, at.end - at.x, isMeant ? QUEUE_HEIGHT : QUEUE_HEIGHT - 1);
}

function drawStages(drawing: Drawing, attempt: PageAttempt, box: Box): void {
  const { context, palette } = drawing;
  const fills: Record<PageStage, string> = {
    queue: palette.stripe,
    sync: palette.sync,
    run: palette.status[attempt.status].fill,
    return: palette.return,
  };
  // What is narrower than a pixel or two has room for one colour only.
  context.fillStyle = palette.status[attempt.status][box.width < 4 ? "edge" : "fill"];
  context.fillRect(box.x, box.y, box.width, box.height);
  if (box.width < 4) return;
  for (const [stage, fromMs, toMs] of attempt.segments) {
    const [x, end] = [Math.max(box.x, xOf(drawing, fromMs)), xOf(drawing, toMs)];
    if (stage === "run" || end <= x) continue;
    context.fillStyle = fills[stage];
    context.fillRect(x, box.y, end - x, box.height);
  }
}

function drawFrame({ context, palette, state }: Drawing, bar: Bar, { x, y, width, height }: Box): void {
  const task = state.data.tasks[bar.task];
  const status = task?.attempts[bar.attempt]?.status ?? "pending";
  if (width >= 4) {
    context.strokeStyle = palette.status[status].edge;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  }
  if (task?.isCritical) {
    context.fillStyle = palette.ink;
    context.fillRect(x, y + height - 3, width, 3);
  }
  const { selected, hovered } = state.seen;
  if (bar.task !== selected && bar.task !== hovered) return;
  context.strokeStyle = palette.focus;
  context.lineWidth = bar.task === selected ? 3 : 2;
  context.strokeRect(x - 1, y - 1, width + 2, height + 2);
}

function drawName(
  { context, state, palette, width }: Drawing,
  bar: Bar,
  attempt: PageAttempt,
  box: Box,
): void {
  const left = Math.max(0, box.x);
  const room = Math.min(width, box.x + box.width) - left - 12;
  if (room < NARROWEST_WITH_NAME - 12 || box.height < 12) return;
  const task = state.data.tasks[bar.task];
  const number = (task?.attempts.length ?? 1) > 1 ? `${attempt.number} ` : "";
  const mark = attempt.status === "succeeded" ? "" : `${MARKS[attempt.status]} `;
  context.font = box.height < 16 ? FONT.replace("12px", "10px") : FONT;
  context.fillStyle = palette.status[attempt.status].ink;
  context.save();
  context.beginPath();
  context.rect(left, box.y, room + 8, box.height);
  context.clip();
  const text = shorten(context, mark + number + (task?.name ?? ""), room);
  context.fillText(text, left + 6, box.y + box.height / 2 + 4);
  context.restore();
}

/** To about this width; what is still longer is clipped. */
function shorten(context: CanvasRenderingContext2D, text: string, room: number): string {
  const { width } = context.measureText(text);
  if (width <= room) return text;
  return `${text.slice(0, Math.max(1, Math.floor((text.length * room) / width) - 1))}…`;
}
