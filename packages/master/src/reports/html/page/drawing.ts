import { AXIS_HEIGHT, type Bar, type LaneLayout } from "./lane-layout.js";
import type { PageState } from "./page-state.js";
import type { Palette } from "./palette.js";
import { formatTime, ticks } from "./time-scale.js";

export const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const PIXELS_PER_TICK = 96;

/** One picture of the timeline; lengths are CSS pixels of the part that is seen. */
export interface Drawing {
  context: CanvasRenderingContext2D;
  state: PageState;
  layout: LaneLayout;
  palette: Palette;
  width: number;
  height: number;
  /** How far it has been scrolled down. */
  scrollTop: number;
}

/** Where a time is. */
export function xOf({ state, width }: Pick<Drawing, "state" | "width">, ms: number): number {
  const { fromMs, toMs } = state.seen.view;
  return ((ms - fromMs) / (toMs - fromMs)) * width;
}

/** Where the middle of a bar is, from the top of what is seen. */
export function middleOf({ layout, scrollTop }: Pick<Drawing, "layout" | "scrollTop">, { top }: Bar): number {
  return top - scrollTop + layout.laneHeight / 2;
}

/** The names of machines, and a line below every lane. */
export function drawGround(drawing: Drawing): void {
  const { context, layout, palette, width, height, scrollTop, state } = drawing;
  context.clearRect(0, 0, width, height);
  context.fillStyle = palette.line;
  for (const tick of ticks(state.seen.view, width / PIXELS_PER_TICK))
    context.fillRect(Math.round(xOf(drawing, tick)), AXIS_HEIGHT, 1, height);
  for (const { name, top, lanes } of layout.places) {
    const y = top - scrollTop;
    context.fillStyle = palette.stripe;
    context.fillRect(0, y, width, 22);
    context.fillStyle = palette.ink;
    context.font = `600 ${FONT}`;
    context.fillText(name, 10, y + 15);
    const nameWidth = context.measureText(name).width;
    context.font = FONT;
    context.fillStyle = palette.muted;
    context.fillText(lanes.length === 1 ? "1 lane" : `${lanes.length} lanes`, 20 + nameWidth, y + 15);
  }
}

/** Last, since what has been scrolled goes below it. */
export function drawAxis(drawing: Drawing, background: string): void {
  const { context, palette, width, state } = drawing;
  context.fillStyle = background;
  context.fillRect(0, 0, width, AXIS_HEIGHT - 1);
  context.fillStyle = palette.line;
  context.fillRect(0, AXIS_HEIGHT - 1, width, 1);
  context.font = FONT;
  context.fillStyle = palette.muted;
  for (const tick of ticks(state.seen.view, width / PIXELS_PER_TICK)) {
    const x = Math.round(xOf(drawing, tick));
    const text = formatTime(tick);
    // The last one may have no room.
    if (x + 5 + context.measureText(text).width < width) context.fillText(text, x + 5, 17);
  }
}
