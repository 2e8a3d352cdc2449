import { describe, expect, it } from "vitest";
import { findCycle } from "./check-dependencies.js";

const graph = (edges: Record<string, string[]>) =>
  new Map(Object.entries(edges).map(([name, dependsOn]) => [name, { dependsOn }]));

describe("findCycle", () => {
  it("lists a cycle whole, without the way that leads to it", () => {
    expect(findCycle(graph({ start: ["a"], a: ["b"], b: ["c", "d"], c: [], d: ["a"] }))).toEqual([
      "a",
      "b",
      "d",
      "a",
    ]);
    expect(findCycle(graph({ a: ["a"] }))).toEqual(["a", "a"]);
  });

  it("finds none in a diamond, or in a chain of 100,000", () => {
    expect(findCycle(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toBeUndefined();
    const chain = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, i) => [`t${i}`, i ? [`t${i - 1}`] : []]),
    );
    expect(findCycle(graph(chain))).toBeUndefined();
  });
});
