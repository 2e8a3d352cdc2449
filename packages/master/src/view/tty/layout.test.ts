import { describe, expect, it } from "vitest";
import type { TaskInfo } from "../../events/run-event.js";
import { sampleTransfer } from "../transfer-rate.js";
import { layout, type Surface } from "./layout.js";
import type { Progress, ShownTask } from "./run-progress.js";
import { widthOf } from "./terminal-text.js";

const MINUTE_MS = 60_000;

function active(name: string, fields: Partial<Omit<ShownTask, "task">> & { agent?: string } = {}): ShownTask {
  const { agent, ...rest } = fields;
  const task: TaskInfo = {
    group: "g",
    name,
    ...(agent !== undefined && { agent }),
    dependsOn: [],
    at: { file: "w.lua", line: 1 },
  };
  return { task, state: "running", sinceMs: 0, attempt: 1, output: { lastLine: () => "" }, ...rest };
}

function progress(tasks: ShownTask[], fields: Partial<Progress> = {}): Progress {
  return {
    startedAtMs: 0,
    active: tasks,
    done: 0,
    failed: 0,
    waiting: 0,
    slots: new Map(),
    nameColumns: 12,
    ...fields,
  };
}

const prints = (line: string) => ({ lastLine: () => line });
const at = (fields: Partial<Surface> = {}): Surface => ({
  columns: 80,
  rows: 24,
  nowMs: 5000,
  color: false,
  ...fields,
});

const busy = progress(
  [
    active("compile", { agent: "big", sinceMs: 1000, output: prints("[ 42%] \x1b[31mBuilding\x1b[0m\ta.c") }),
    active("test", { attempt: 2, output: prints("日本語") }),
    active("deploy", { agent: "big", state: "queued", position: 3 }),
    active("flaky", { state: "retrying", attempt: 2, output: prints("trying") }),
  ],
  { done: 10, failed: 1, waiting: 7 },
);

describe("the live region", () => {
  it("has a row for each task, those that have run longest first, and a footer", () => {
    expect(layout(busy, at())).toEqual([
      "▸ test           5 s  attempt 2  日本語",
      "▸ compile@big    4 s  [ 42%] Building a.c",
      "↻ flaky          5 s  waits for attempt 2",
      "· deploy@big     5 s  queued, place 3",
      "2 running · 10 done · 1 failed · 1 queued · 8 waiting · 5 s · 1 here, 1 on big",
    ]);
  });

  it.each([
    [40, "2 running · 10 done · 1 failed · 5 s"],
    [30, "2 running · 1 failed · 5 s"],
    [20, "2 running"],
    [12, "2 running"],
    [5, "2 r…"],
  ])("leaves out of a footer of %d columns what matters less", (columns, footer) => {
    expect(layout(busy, at({ columns })).at(-1)).toBe(footer);
  });

  it("tells how far a transfer is, and leaves out what matters less", () => {
    const moved = (totalBytes: number) => ({ doneBytes: 0, totalBytes, atMs: 0, ageMs: 0, smoothed: 0 });
    const transfer = sampleTransfer(moved(340e6), { doneBytes: 120e6, totalBytes: 340e6 }, 5000);
    const sending = progress([
      active("compile", { agent: "big", state: "sending", attempt: 2, transfer }),
      active("test", { agent: "big", state: "fetching", sinceMs: 4000, transfer: moved(30e6) }),
      active("link", { agent: "big", state: "sending", sinceMs: 5000 }),
    ]);
    const rows = (columns: number) => layout(sending, at({ columns })).slice(0, -1);
    expect(rows(80)).toEqual([
      "↑ compile@big    5 s  sending 120 MB of 340 MB, 24 MB/s, 10 s left  attempt 2",
      "↓ test@big       1 s  fetching 0 B of 30 MB, 0 B/s",
      "↑ link@big       0 s  sending",
    ]);
    expect(rows(60)[0]).toBe("↑ compile@big    5 s  sending 120 MB of 340 MB, 24 MB/s");
    expect(rows(40)[0]).toBe("↑ compile@big    5 s");
  });

  it.each([
    [80, "3 running · 0 done · 5 s · 1 here, build1 2/4, gpu 0/1"],
    [60, "3 running · 0 done · 5 s · 1 here, build1 2/4, gpu 0/1"],
    [50, "3 running · 0 done · 5 s · 1 here, build1 2/4, …"],
    [40, "3 running · 0 done · 5 s · 1 here, …"],
    [30, "3 running · 0 done · 5 s"],
    [22, "3 running · 5 s"],
  ])("tells in a footer of %d columns how many slots are in use", (columns, footer) => {
    const slots = new Map([
      ["build1", 4],
      ["gpu", 1],
    ]);
    const tasks = [
      active("a", { agent: "build1" }),
      active("b", { agent: "build1", state: "sending" }),
      active("c"),
    ];
    expect(layout(progress(tasks, { slots }), at({ columns })).at(-1)).toBe(footer);
  });

  it("marks what runs longer than a minute", () => {
    const slow = progress([active("long", { attempt: 3, output: prints("still there") })]);
    expect(layout(slow, at({ nowMs: 61 * MINUTE_MS + 5000 }))).toEqual([
      "▸ long         1:01:05  SLOW  attempt 3  still there",
      "1 running · 0 done · 1:01:05",
    ]);
  });

  it.each([
    [24, 11, "… and 30 more"],
    [10, 4, "… and 37 more"],
    [8, 3, "… and 38 more"],
    [5, 1, undefined],
    [3, 0, undefined],
    [1, 0, undefined],
  ])("takes at most half of %d rows", (rows, taskRows, more) => {
    const tasks = Array.from({ length: 40 }, (_, number) => active(`t${number}`, { sinceMs: number }));
    const shown = layout(progress(tasks), at({ rows }));
    expect(shown).toHaveLength(taskRows + 1);
    expect(shown.find((row) => row.startsWith("…"))).toBe(more);
    if (taskRows > 0) expect(shown[0]).toContain("t0");
  });

  it.each([3, 7, 8, 11, 12, 22, 23, 100])("would fit, with %d tasks, into a small terminal", (count) => {
    const long = prints("word ".repeat(100));
    const tasks = Array.from({ length: count }, (_, n) => active(`t${n}`, { sinceMs: n, output: long }));
    const rows = layout(progress(tasks), at({ columns: 300, rows: 100 }));
    expect(rows.reduce((sum, row) => sum + Math.ceil(widthOf(row) / 80), 0)).toBeLessThan(24);
    expect(rows.length).toBe(Math.min(23, count + 1));
    expect(widthOf(rows[0] ?? "")).toBeGreaterThan(70);
  });

  it("fits into every width", () => {
    for (let columns = 1; columns <= 100; columns++) {
      for (const color of [true, false]) {
        for (const row of layout(busy, at({ columns, color }))) {
          expect(widthOf(row)).toBeLessThanOrEqual(Math.max(1, columns - 1));
        }
      }
    }
  });
});
