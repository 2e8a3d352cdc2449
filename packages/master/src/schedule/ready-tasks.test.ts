import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type TaskState } from "./ready-tasks.js";

const diamond = [
  { name: "a", dependsOn: [] },
  { name: "b", dependsOn: ["a"] },
  { name: "c", dependsOn: ["a"] },
  { name: "d", dependsOn: ["b", "c"] },
];

function names(states: Record<string, TaskState>, halted = false) {
  const { ready, skip } = decide(diamond, new Map(Object.entries(states)), halted);
  return { ready: ready.map(({ name }) => name), skip: skip.map(({ name }) => name) };
}

describe("decide", () => {
  it.each<[string, Record<string, TaskState>, string[], string[]]>([
    ["starts what depends on nothing", { a: "waiting", b: "waiting", c: "waiting", d: "waiting" }, ["a"], []],
    ["waits for what runs", { a: "running", b: "waiting", c: "waiting", d: "waiting" }, [], []],
    [
      "starts independent tasks together",
      { a: "succeeded", b: "waiting", c: "waiting", d: "waiting" },
      ["b", "c"],
      [],
    ],
    ["needs every dependency", { a: "succeeded", b: "succeeded", c: "running", d: "waiting" }, [], []],
    [
      "skips what depends on a failure",
      { a: "succeeded", b: "failed", c: "waiting", d: "waiting" },
      ["c"],
      ["d"],
    ],
    [
      "skips what depends on a skipped task",
      { a: "failed", b: "skipped", c: "skipped", d: "waiting" },
      [],
      ["d"],
    ],
  ])("%s", (_, states, ready, skip) => {
    expect(names(states)).toEqual({ ready, skip });
  });

  it("skips all that waits once the run is halted", () => {
    expect(names({ a: "succeeded", b: "failed", c: "waiting", d: "waiting" }, true)).toEqual({
      ready: [],
      skip: ["c", "d"],
    });
  });

  it("brings every graph to an end, running nothing before its dependencies succeeded", () => {
    const graph = fc.array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.boolean()), {
      minLength: 1,
      maxLength: 15,
    });
    fc.assert(
      fc.property(graph, (shape) => {
        const tasks = shape.map(([edges], index) => ({
          name: String(index),
          dependsOn: index === 0 ? [] : edges.map((edge) => String(edge % index)),
        }));
        const states = new Map<string, TaskState>(tasks.map(({ name }) => [name, "waiting"]));
        for (;;) {
          const { ready, skip } = decide(tasks, states, false);
          for (const task of skip) states.set(task.name, "skipped");
          for (const task of ready) {
            expect(task.dependsOn.every((name) => states.get(name) === "succeeded")).toBe(true);
            states.set(task.name, shape[Number(task.name)]?.[1] ? "succeeded" : "failed");
          }
          if (ready.length + skip.length === 0) break;
        }
        expect([...states.values()]).not.toContain("waiting");
      }),
    );
  });
});
