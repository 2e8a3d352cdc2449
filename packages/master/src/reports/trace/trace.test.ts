import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomEvents } from "../../testing/random-events.js";
import { eventsOf, finished, reportedRun, started, taskInfo } from "../../testing/report-events.js";
import { traceOf } from "./trace.js";

interface TraceEvent {
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  name: string;
  cat?: string;
  id?: number;
  args?: Record<string, unknown>;
}

function traceEvents(run: ReturnType<typeof reportedRun>): TraceEvent[] {
  return JSON.parse([...traceOf(run)].join("")).traceEvents;
}

const here = taskInfo("here");
const away = taskInfo("away", { dependsOn: ["here"], agent: "build1" });

/** Random times are so far apart that a number does not have all microseconds of them. */
function inMs(microseconds: number): number {
  return Math.round(microseconds / 1000);
}

describe("a run as a trace", () => {
  const events = traceEvents(
    reportedRun(
      eventsOf(
        [here, away],
        [
          [0, started(here)],
          [100, finished(here)],
          [120, { type: "task-stage", task: away, attempt: 1, stage: "sync" }],
          [150, started(away)],
          [200, { type: "task-stage", task: away, attempt: 1, stage: "return" }],
          [250, finished(away)],
        ],
      ),
    ),
  );

  it("has a process for each machine and a thread for each lane", () => {
    const names = events.filter(({ ph, name }) => ph === "M" && /_name$/.test(name));
    expect(names.map(({ pid, tid, args }) => [pid, tid, args?.name])).toEqual([
      [1, 0, "here"],
      [1, 1, "slot 1"],
      [2, 0, "build1"],
      [2, 1, "slot 1"],
      [2, 10_001, "queue 1"],
    ]);
  });

  it("has the stages of an attempt in it, in microseconds", () => {
    const slices = events.filter(({ ph, pid }) => ph === "X" && pid === 2);
    expect(slices.map(({ tid, name, ts, dur }) => [tid, name, ts, dur])).toEqual([
      [1, "away", 120_000, 130_000],
      [1, "sync", 120_000, 30_000],
      [1, "run", 150_000, 50_000],
      [1, "return", 200_000, 50_000],
      [10_001, "away", 100_000, 20_000],
    ]);
    expect(slices[0]?.args).toMatchObject({
      queueMs: 20,
      syncMs: 30,
      runMs: 50,
      returnMs: 50,
      criticalPath: true,
    });
  });

  it("has an arrow from each task to those that depend on it, each end in its slice", () => {
    const [from, to] = events.filter(({ ph }) => ph === "s" || ph === "f");
    expect(from).toMatchObject({ ph: "s", pid: 1, tid: 1, ts: 99_999 });
    expect(to).toMatchObject({ ph: "f", bp: "e", pid: 2, tid: 1, ts: 120_000, id: from?.id });
  });

  it("has slices that lie in each other or beside each other in each thread, whatever has happened", () => {
    fc.assert(
      fc.property(randomEvents, (random) => {
        const byThread = new Map<string, TraceEvent[]>();
        // Microseconds of longer times than 285 years are not exact.
        const shorter = random.map((event) => ({ ...event, timeMs: Math.floor(event.timeMs / 100) }));
        for (const event of traceEvents(reportedRun(shorter)))
          if (event.ph === "X" && event.cat !== "stage") {
            const key = `${event.pid} ${event.tid}`;
            byThread.set(key, [...(byThread.get(key) ?? []), event]);
          }
        for (const slices of byThread.values()) {
          const sorted = slices.toSorted((x, y) => x.ts - y.ts || (x.dur ?? 0) - (y.dur ?? 0));
          for (const [index, slice] of sorted.entries()) {
            const next = sorted[index + 1];
            if (next) expect(inMs(slice.ts + (slice.dur ?? 0))).toBeLessThanOrEqual(inMs(next.ts));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
