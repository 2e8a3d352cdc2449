import { describe, expect, it } from "vitest";
import { describeTimes, type TimedTask } from "./describe-times.js";

/** Each after the one before. */
function chain(durations: readonly number[]): TimedTask[] {
  return durations.map((durationMs, index) => ({
    group: "g",
    name: `t${index}`,
    dependsOn: index > 0 ? [`t${index - 1}`] : [],
    durationMs,
  }));
}

const pathOf = (durations: readonly number[]) =>
  describeTimes(chain(durations)).find(({ title }) => title === "Critical path of g")?.lines;

describe("the critical path", () => {
  it("has each task of a few", () => {
    expect(pathOf([1000, 2000, 500])).toEqual(["t0 (1.0 s) → t1 (2.0 s) → t2 (0.5 s)", "3.5 s in all"]);
  });

  it("has the longest of many, in their order", () => {
    const durations = Array.from({ length: 500 }, (_, index) => (index % 60 === 7 ? 5000 : 10));
    expect(pathOf(durations)?.[0]).toMatch(/^… → t7 \(5\.0 s\) → … → t67 \(5\.0 s\) → … → .* → …$/);
    expect(pathOf(durations)?.[1]).toBe("49.9 s in all, in 500 tasks");
    expect((pathOf(durations)?.[0] ?? "").length).toBeLessThan(250);
  });

  it("is not told of a single task", () => {
    expect(pathOf([1000])).toBeUndefined();
  });
});
