import { byId } from "./elements.js";
import type { Bar, Lane, LaneLayout } from "./lane-layout.js";
import type { PageState } from "./page-state.js";
import { zoom } from "./time-scale.js";

const FACTOR = 0.6;

/** What keys and the buttons above it do on the timeline. */
export function followKeys(layout: LaneLayout, state: PageState): void {
  const lanes = layout.places.flatMap((place) => place.lanes);
  const actions: Record<string, () => void> = {
    "+": () => zoomAroundMeant(layout, state, FACTOR),
    "-": () => zoomAroundMeant(layout, state, 1 / FACTOR),
    "0": () => state.change({ view: state.all }),
    ArrowRight: () => choose(beside(1)),
    ArrowLeft: () => choose(beside(-1)),
    ArrowDown: () => choose(across(1)),
    ArrowUp: () => choose(across(-1)),
    Enter: () => byId("details").focus(),
  };
  const buttons = { "zoom-in": "+", "zoom-out": "-", "zoom-fit": "0" };
  for (const [id, key] of Object.entries(buttons)) byId(id).addEventListener("click", () => actions[key]?.());
  byId("timeline").addEventListener("keydown", (event) => {
    const action = actions[event.key === "=" ? "+" : event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });

  function choose(bar: Bar | undefined): void {
    if (bar) state.change({ selected: bar.task });
  }

  function selectedBar(): Bar | undefined {
    const { selected } = state.seen;
    return selected === undefined ? undefined : layout.barsOf[selected]?.at(-1);
  }

  function laneOf(bar: Bar): number {
    return lanes.findIndex(({ top }) => top === bar.top);
  }

  /** In the same lane. */
  function beside(step: 1 | -1): Bar | undefined {
    const bar = selectedBar();
    if (!bar) return lanes.flatMap(seenIn)[0];
    const bars = seenIn(lanes[laneOf(bar)]);
    return bars[bars.indexOf(bar) + step];
  }

  /** In the next lane that has anything, what is nearest in time. */
  function across(step: 1 | -1): Bar | undefined {
    const bar = selectedBar();
    if (!bar) return lanes.flatMap(seenIn)[0];
    for (let lane = laneOf(bar) + step; lanes[lane]; lane += step) {
      const away = (other: Bar) => Math.abs(other.startMs - bar.startMs);
      const [nearest] = seenIn(lanes[lane]).toSorted((a, b) => away(a) - away(b));
      if (nearest) return nearest;
    }
    return undefined;
  }

  function seenIn(lane: Lane | undefined): Bar[] {
    return lane?.bars.filter(({ task }) => state.matches[task]) ?? [];
  }
}

function zoomAroundMeant({ barsOf }: LaneLayout, state: PageState, factor: number): void {
  const { view, selected } = state.seen;
  const bar = selected === undefined ? undefined : barsOf[selected]?.at(-1);
  const isSeen = bar && bar.endMs > view.fromMs && bar.startMs < view.toMs;
  const around = isSeen
    ? (Math.max(bar.startMs, view.fromMs) + Math.min(bar.endMs, view.toMs)) / 2
    : undefined;
  state.change({ view: zoom(view, factor, around ?? (view.fromMs + view.toMs) / 2, state.all) });
}
