import type { ReportedAttempt } from "./reported-run.js";

type Unplaced = Omit<ReportedAttempt, "lane"> & { lane?: number };

/**
 * Gives each attempt of one place a lane such that no two in one lane are under way at the same time, in as few lanes
 * as possible: each takes the first that is free. Gives the number of lanes.
 */
export function assignLanes(attempts: readonly Unplaced[]): number {
  const freeFrom: number[] = [];
  for (const attempt of attempts.toSorted((a, b) => spanOf(a).startMs - spanOf(b).startMs)) {
    const { startMs, endMs } = spanOf(attempt);
    const free = freeFrom.findIndex((atMs) => atMs <= startMs);
    attempt.lane = free < 0 ? freeFrom.length : free;
    freeFrom[attempt.lane] = endMs;
  }
  return freeFrom.length;
}

/** When an attempt holds its lane: from when it no longer waits, if it came so far. */
export function spanOf({ segments }: Pick<ReportedAttempt, "segments">): { startMs: number; endMs: number } {
  const first = segments.find(({ stage }) => stage !== "queue") ?? segments[0];
  return { startMs: first?.startMs ?? 0, endMs: segments.at(-1)?.endMs ?? 0 };
}
