import { describe, expect, it } from "vitest";
import type { PageData, PageTask } from "../page-data.js";
import { EVERYTHING, matchTasks } from "./filter.js";
import { findBar, layOutLanes } from "./lane-layout.js";
import { orderTasks } from "./task-order.js";
import { piecesOf } from "./terminal-colors.js";
import { formatLength, formatTime, pan, ticks, wholeView, zoom } from "./time-scale.js";

function task(name: string, more: Partial<PageTask> = {}): PageTask {
  const common = { where: "here", status: "succeeded", after: [], isCritical: false } as const;
  return {
    name,
    group: 0,
    place: 0,
    durationMs: 10,
    attempts: [],
    ...common,
    ...more,
    after: more.after ?? [],
  };
}

function attempt(
  lane: number,
  queuedMs: number,
  startMs: number,
  endMs: number,
): PageTask["attempts"][number] {
  return {
    number: 1,
    status: "succeeded",
    lane,
    segments: [
      ["queue", queuedMs, startMs],
      ["run", startMs, endMs],
    ],
  };
}

const data: PageData = {
  runId: "r",
  file: "/w.lua",
  result: "failed",
  status: "failed",
  startedAtMs: 0,
  durationMs: 100,
  warnings: [],
  groups: [{ name: "build" }, { name: "test" }],
  places: [{ name: "here", lanes: 2 }],
  tasks: [
    task("compile", { attempts: [attempt(0, 5, 20, 50)], durationMs: 30, isCritical: true }),
    task("Lint", { attempts: [attempt(1, 0, 10, 30)], durationMs: 20, status: "failed" }),
    task("unit", { group: 1, where: "build1", status: "skipped" }),
  ],
};

describe("the filter", () => {
  it.each([
    ["", [0, 1, 2]],
    ["lint", [1]],
    ["build/ failed", [1]],
    ["build", [0, 1, 2]],
    ["build1", [2]],
    ["skipped test/", [2]],
    ["nothing", []],
  ])("lets through what has all words: %j", (text, expected) => {
    const matches = matchTasks(data, { ...EVERYTHING, text });
    expect(orderTasks(data, matches, "source")).toEqual(expected);
  });

  it("lets through a status, or the critical path", () => {
    const failed = matchTasks(data, { ...EVERYTHING, statuses: new Set(["failed"]) });
    expect(failed).toEqual([false, true, false]);
    expect(matchTasks(data, { ...EVERYTHING, criticalOnly: true })).toEqual([true, false, false]);
  });
});

describe("the order of the tasks", () => {
  const all = matchTasks(data, EVERYTHING);
  it("is that of their start, with what never started last", () => {
    expect(orderTasks(data, all, "start")).toEqual([1, 0, 2]);
  });
  it("is by how long they took", () => {
    expect(orderTasks(data, all, "duration")).toEqual([0, 1, 2]);
  });
});

describe("the time that is seen", () => {
  const all = wholeView(1000);
  it("keeps what is under the pointer where it is", () => {
    const { fromMs, toMs } = zoom(all, 0.5, 202, all);
    expect([fromMs, toMs].map(Math.round)).toEqual([101, 606]);
  });
  it("never leaves the run", () => {
    expect(pan({ fromMs: 100, toMs: 200 }, -500, all)).toEqual({ fromMs: 0, toMs: 100 });
    expect(pan({ fromMs: 100, toMs: 200 }, 5000, all)).toEqual({ fromMs: 910, toMs: 1010 });
    expect(zoom(all, 10, 500, all)).toEqual(all);
  });
  it("has round ticks, as many as there is room for", () => {
    expect(ticks({ fromMs: 0, toMs: 1010 }, 5)).toEqual([0, 500, 1000]);
    expect(ticks({ fromMs: 130, toMs: 170 }, 5)).toEqual([130, 140, 150, 160, 170]);
    expect(ticks({ fromMs: 0, toMs: 1e9 }, 4)).toHaveLength(2);
  });
});

it.each([
  [0, "0"],
  [250, "250 ms"],
  [1500, "1.5 s"],
  [90_000, "1:30"],
  [3_723_500, "1:02:03.5"],
])("writes the time %i as %s", (ms, text) => expect(formatTime(ms)).toBe(text));

it.each([
  [8, "8 ms"],
  [1234, "1.2 s"],
  [185_000, "3 min 05 s"],
  [7_380_000, "2 h 03 min"],
])("writes the length %i as %s", (ms, text) => expect(formatLength(ms)).toBe(text));

describe("the lanes", () => {
  const layout = layOutLanes(data);
  const y = layout.places[0]?.lanes[0]?.top ?? 0;
  it("have each attempt from when it no longer waited", () => {
    expect(layout.barsOf[0]).toMatchObject([{ queuedMs: 5, startMs: 20, endMs: 50, top: y }]);
    expect(layout.barsOf[2]).toEqual([]);
  });
  it("find the attempt at a point, or beside it", () => {
    expect(findBar(layout, y + 1, 30, 0)?.task).toBe(0);
    expect(findBar(layout, y + 1, 54, 5)?.task).toBe(0);
    expect(findBar(layout, y + 1, 60, 5)).toBeUndefined();
    expect(findBar(layout, y - 1, 30, 5)).toBeUndefined();
  });
});

describe("output of a task", () => {
  it("has the colours that it had", () => {
    expect(piecesOf("a\u001b[1;31mred\u001b[0m b")).toEqual([
      { text: "a", classes: "" },
      { text: "red", classes: "bold ansi-red" },
      { text: " b", classes: "" },
    ]);
  });
  it("has neither other sequences nor what was written over", () => {
    const shown = (text: string) =>
      piecesOf(text)
        .map((piece) => piece.text)
        .join("");
    expect(shown("\u001b]0;title\u0007\u001b[2Ka\u001b[38;5;196mb")).toBe("ab");
    expect(shown("10 %\r20 %\r100 %\r\nnext\r\n")).toBe("100 %\nnext\n");
    expect(shown("a\u0000\u202eb\tc")).toBe("a\ufffd\ufffdb\tc");
  });
});
