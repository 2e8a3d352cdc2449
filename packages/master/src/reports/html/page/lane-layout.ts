import type { PageData, PageSegment } from "../page-data.js";

/** Heights in CSS pixels. */
export const AXIS_HEIGHT = 26;
const PLACE_HEIGHT = 26;
const ROOMY = { lane: 30, bar: 22 };
const DENSE = { lane: 18, bar: 12 };
/** With more lanes than this they are drawn dense. */
const MOST_ROOMY_LANES = 40;

/** An attempt in its lane. */
export interface Bar {
  /** In the tasks. */
  task: number;
  /** In the task's attempts. */
  attempt: number;
  /** While it held its lane. */
  startMs: number;
  endMs: number;
  /** While it waited for that, if it did. */
  queuedMs: number;
  top: number;
}

export interface Lane {
  top: number;
  /** By their start. None overlaps another. */
  bars: Bar[];
}

export interface LaneLayout {
  places: { name: string; top: number; lanes: Lane[] }[];
  /** All bars, by the index of their task. */
  barsOf: Bar[][];
  laneHeight: number;
  barHeight: number;
  height: number;
}

/** Puts each attempt where it is drawn: machines below each other, their lanes below them. */
export function layOutLanes({ places, tasks }: PageData): LaneLayout {
  const count = places.reduce((sum, { lanes }) => sum + lanes, 0);
  const { lane: laneHeight, bar: barHeight } = count > MOST_ROOMY_LANES ? DENSE : ROOMY;
  let top = AXIS_HEIGHT;
  const laidOut = places.map(({ name, lanes }) => {
    const place = { name, top, lanes: [] as Lane[] };
    top += PLACE_HEIGHT;
    for (let index = 0; index < lanes; index++, top += laneHeight) place.lanes.push({ top, bars: [] });
    return place;
  });
  const barsOf = tasks.map((task, index) =>
    task.attempts.flatMap(({ lane: number, segments, place }, attempt) => {
      const lane = laidOut[place ?? task.place ?? 0]?.lanes[number];
      const bar = lane && { task: index, attempt, top: lane.top, ...spanOf(segments) };
      if (bar) lane.bars.push(bar);
      return bar ?? [];
    }),
  );
  for (const { lanes } of laidOut) for (const { bars } of lanes) bars.sort((a, b) => a.startMs - b.startMs);
  return { places: laidOut, barsOf, laneHeight, barHeight, height: top + 6 };
}

function spanOf(segments: readonly PageSegment[]): Pick<Bar, "startMs" | "endMs" | "queuedMs"> {
  const queuedMs = segments[0]?.[1] ?? 0;
  const [, startMs] = segments.find(([stage]) => stage !== "queue") ?? segments[0] ?? ["run", 0];
  return { queuedMs, startMs, endMs: segments.at(-1)?.[2] ?? startMs };
}

/** The bar at a point, or the nearest in its lane that is no further away than `slackMs`. */
export function findBar(layout: LaneLayout, y: number, atMs: number, slackMs: number): Bar | undefined {
  const lanes = layout.places.flatMap((place) => place.lanes);
  const lane = lanes.find(({ top }) => y >= top && y < top + layout.laneHeight);
  let nearest: { bar: Bar; awayMs: number } | undefined;
  for (const bar of lane?.bars ?? []) {
    const awayMs = Math.max(0, bar.startMs - atMs, atMs - bar.endMs);
    if (awayMs <= slackMs && (!nearest || awayMs <= nearest.awayMs)) nearest = { bar, awayMs };
  }
  return nearest?.bar;
}
