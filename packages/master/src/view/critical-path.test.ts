import { describe, expect, it } from "vitest";
import { criticalPath, type Timed } from "./critical-path.js";

function task(name: string, durationMs: number, ...dependsOn: string[]): Timed {
  return { name, dependsOn, durationMs };
}

describe("the critical path", () => {
  it.each<[string, Timed[], string[]]>([
    ["goes over what took longest", [task("a", 1), task("b", 5), task("c", 2, "a", "b")], ["b", "c"]],
    [
      "counts all that came before",
      [task("a", 9), task("b", 1, "a"), task("c", 5), task("d", 1, "b", "c")],
      ["a", "b", "d"],
    ],
    ["need not end at the last task", [task("a", 9), task("b", 1), task("c", 1, "b")], ["a"]],
    ["passes names by that are not there", [task("a", 1, "gone")], ["a"]],
    ["is none where nothing ran", [], []],
    ["ends where damaged records go round", [task("a", 1, "b"), task("b", 1, "a")], ["a", "b"]],
  ])("%s", (_, tasks, names) => {
    expect(criticalPath(tasks).map((found) => found.name)).toEqual(names);
  });

  it("goes over a chain of any length", () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `t${index}`);
    const chain = names.map((name, index) => task(name, 1, ...(index > 0 ? [`t${index - 1}`] : [])));
    expect(criticalPath(chain)).toHaveLength(20_000);
  });
});
