import type { Group, Task } from "@sloth/dsl";
import { describe, expect, it } from "vitest";
import { selectTasks } from "./select-tasks.js";

/** A group of tasks that may depend on each other, by name. */
function group(name: string, tasks: Record<string, string[]>): Group {
  const list = Object.entries(tasks).map(([task, dependsOn]) => ({ name: task, dependsOn }) as Task);
  return { name, tasks: list } as Group;
}

const groups = [
  group("one", { a: [], b: ["a"], "a,b": [], c: [] }),
  group("two", { a: [], "c,d": [], d: [] }),
];

function namesOf(selection: Parameters<typeof selectTasks>[1]): string[] {
  return selectTasks(groups, selection).flatMap(({ name, tasks }) =>
    tasks.map((task) => `${name}/${task.name}`),
  );
}

describe("a choice of tasks", () => {
  it.each([
    [{ tasks: ["b"] }, ["one/a", "one/b"]],
    [{ only: ["b"] }, ["one/b"]],
    [{ only: ["b,c"] }, ["one/b", "one/c"]],
    [{ only: ["b", ",c,"] }, ["one/b", "one/c"]],
    [{ only: ["a"] }, ["one/a", "two/a"]],
    [{ only: ["two/a"] }, ["two/a"]],
    [{ only: ["a,b"] }, ["one/a,b"]],
    [{ only: ["c,d"] }, ["two/c,d"]],
    [{ groups: ["one"], only: ["c"] }, ["one/c"]],
  ])("%j is %j", (selection, names) => {
    expect(namesOf(selection)).toEqual(names);
  });

  it("that nothing has is refused, with the name that is not there", () => {
    expect(() => namesOf({ only: ["b,missing"] })).toThrow(
      expect.objectContaining({ code: "NOT_FOUND", message: expect.stringContaining('"missing"') }),
    );
  });
});
