import { byId } from "./elements.js";
import type { PageState } from "./page-state.js";
import { pan, zoom } from "./time-scale.js";
import type { Timeline } from "./timeline.js";

/** A pointer that moves no further than this has clicked. */
const CLICK_PIXELS = 5;
const WHEEL_FACTOR = 1.0018;

/**
 * What pointers do on the timeline: a click chooses, dragging moves what is seen, two fingers or the wheel with Ctrl
 * zoom, a double click shows one task as large as it goes.
 */
export function followPointers(timeline: Timeline, state: PageState): void {
  const box = byId("timeline");
  const pointers = new Map<number, PointerEvent>();
  let travelled = 0;

  box.addEventListener("pointerdown", (event) => {
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, event);
  });
  box.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return state.change({ hovered: timeline.barAt(event)?.task });
    const others = [...pointers.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    travelled += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
    pointers.set(event.pointerId, event);
    if (travelled <= CLICK_PIXELS) return;
    if (!box.hasPointerCapture(event.pointerId)) box.setPointerCapture(event.pointerId);
    if (others[0]) pinch(others[0], before, event);
    else drag(before, event);
  });
  const release = (event: PointerEvent) => void pointers.delete(event.pointerId);
  box.addEventListener("pointercancel", release);
  box.addEventListener("pointerup", (event) => {
    if (pointers.has(event.pointerId) && travelled <= CLICK_PIXELS)
      state.change({ selected: timeline.barAt(event)?.task });
    release(event);
  });
  box.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") release(event);
    state.change({ hovered: undefined });
  });
  box.addEventListener("dblclick", (event) => {
    const bar = timeline.barAt(event as PointerEvent);
    if (!bar) return;
    const margin = Math.max(1, (bar.endMs - bar.startMs) * 0.15);
    state.change({ view: pan({ fromMs: bar.startMs - margin, toMs: bar.endMs + margin }, 0, state.all) });
  });
  box.addEventListener("wheel", onWheel, { passive: false });

  function drag(before: PointerEvent, event: PointerEvent): void {
    state.change({
      view: pan(state.seen.view, timeline.timeAt(before.clientX) - timeline.timeAt(event.clientX), state.all),
    });
  }

  function pinch(other: PointerEvent, before: PointerEvent, event: PointerEvent): void {
    const [was, is] = [before, event].map(({ clientX }) => Math.max(20, Math.abs(clientX - other.clientX)));
    if (was && is)
      state.change({ view: zoom(state.seen.view, was / is, timeline.timeAt(other.clientX), state.all) });
  }

  function onWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const factor = WHEEL_FACTOR ** event.deltaY;
      state.change({ view: zoom(state.seen.view, factor, timeline.timeAt(event.clientX), state.all) });
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      const { fromMs, toMs } = state.seen.view;
      state.change({
        view: pan(state.seen.view, (event.deltaX / timeline.width) * (toMs - fromMs), state.all),
      });
    }
  }
}
