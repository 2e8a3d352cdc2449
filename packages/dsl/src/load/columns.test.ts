import { describe, expect, it } from "vitest";
import { loadError } from "../testing/workflow-files.js";

/** What stands from each mistake on to the end of its line. */
async function pointedAt(source: string): Promise<string[]> {
  const { diagnostics } = await loadError(source);
  return diagnostics.map(({ column, source: line = "" }) =>
    column === undefined ? "" : line.slice(column - 1),
  );
}

const tasks = (...lines: string[]): string =>
  `TaskDefinitions = { g = { tasks = {\n${lines.join(",\n")}\n} } }`;

describe("a mistake points at", () => {
  it.each([
    ["the key of a field", `{ name = "t", command = "x", timeout = "soon" }`, `timeout = "soon" }`],
    ["a key in brackets", `{ name = "t", command = "x", ["timeout"] = "soon" }`, `["timeout"] = "soon" }`],
    ["the task that lacks a field", `  { name = "t" }`, `{ name = "t" }`],
    ["an unknown name", `{ name = "t", command = "x", depends_on = "no" }`, `"no" }`],
    ["an unknown name in a list", `{ name = "t", command = "x", depends_on = { "t2", 'no' } }`, `'no' } }`],
    [
      "the field where a name is not written out",
      `{ name = "t", command = "x", depends_on = "n" .. "o" }`,
      `depends_on = "n" .. "o" }`,
    ],
    [
      "a field of what a task uses",
      `{ name = "t", command = "x", uses = { timeout = 0 } }`,
      `timeout = 0 } }`,
    ],
    ["a name in the next line", `{ name = "t", command = "x", depends_on =\n  "no" }`, `"no" }`],
    [
      "what stands behind tabs and long letters",
      `{ name = "é😀",\tcommand = "x",\t\ttimeout = 0 }`,
      `timeout = 0 }`,
    ],
  ])("%s", async (_, written, rest) => {
    expect(await pointedAt(tasks(`{ name = "t2", command = "x" }`, written))).toEqual([rest]);
  });

  it.each([
    ["a task of a map", tasks(`t = 5, u = { command = "x" }`), `t = 5, u = { command = "x" }`],
    [
      "what a field came through",
      tasks(`{ name = "t", command = "x", uses = five(5) }`).replace(
        /^/,
        "function five(n) return { timeout = 0 } end ",
      ),
      `uses = five(5) }`,
    ],
    ["a field of a group", `TaskDefinitions = { g = { tasks = {}, env = 5 } }`, "env = 5 } }"],
    ["a group", `TaskDefinitions = { g = 5 }`, "g = 5 }"],
    ["a group that is assigned", `TaskDefinitions = {} TaskDefinitions.g = {}`, "TaskDefinitions.g = {}"],
    ["the table of groups", `local x; TaskDefinitions = {}`, "TaskDefinitions = {}"],
    [
      "a second task of one name",
      tasks(`{ name = "a", command = "x" }, { name = "a", command = "x" }`),
      `name = "a", command = "x" }`,
    ],
    ["the name that closes a cycle", tasks(`{ name = "a", command = "x", depends_on = "a" }`), `"a" }`],
    ["a builder", `workflow.define("g"):tasks({ task("t"):command(5) })`, `task("t"):command(5) })`],
    [
      "a builder of a group",
      `local w = workflow.define("g"):env(5):tasks({})`,
      `workflow.define("g"):env(5):tasks({})`,
    ],
    ["what Lua cannot read", `TaskDefinitions = { g = = 5 }`, "= 5 }".slice(5)],
    ["what Lua cannot read, where it occurs once", `TaskDefinitions = { g = { ] } }`, "] } }"],
  ])("%s", async (_, source, rest) => {
    expect(await pointedAt(source)).toEqual([rest]);
  });

  it("no column of a line of which Lua does not say more", async () => {
    expect(await pointedAt(`\n  error("no")`)).toEqual([""]);
  });

  it("the right line in a file with a byte order mark, a shebang and CRLF", async () => {
    const [mistake] = (await loadError(`\ufeff#!/usr/bin/sloth\r\nTaskDefinitions = {\r\n g = 5 }`))
      .diagnostics;
    expect(mistake).toMatchObject({ line: 3, column: 2, source: " g = 5 }" });
  });
});

describe("a dozen different mistakes", () => {
  it("are all reported, in the order of the source", async () => {
    const { diagnostics } = await loadError(`TaskDefinitions = {
      a = {
        timeout = "1 parsec",
        max_parallel = 0,
        protcet = {},
        tasks = {
          { name = "x", command = 5, retries = -1, env = 3 },
          { name = "x", command = "", depends_on = { "y", "z" } },
          { command = "no name" },
          "no task",
        },
      },
      b = { tasks = 5, delegate_to = { address = "" } },
      c = {},
    }
    workflow.define("d"):tasks({ task("t"):command("x"):timeout(0) })`);
    expect(
      diagnostics.map(({ line, column, group, task, field }) => [line, column, group, task, field]),
    ).toEqual([
      [3, 9, "a", undefined, "timeout"],
      [4, 9, "a", undefined, "max_parallel"],
      [5, 9, "a", undefined, "protcet"],
      [7, 25, "a", "x", "command"],
      [7, 38, "a", "x", "retries"],
      [7, 52, "a", "x", "env"],
      [8, 13, "a", "x", "name"],
      [8, 25, "a", "x", "command"],
      [8, 54, "a", "x", "depends_on"],
      [8, 59, "a", "x", "depends_on"],
      [9, 11, "a", "#3", "name"],
      [10, 11, "a", "#4", undefined],
      [13, 13, "b", undefined, "tasks"],
      [13, 24, "b", undefined, "delegate_to"],
      [14, 7, "c", undefined, undefined],
      [16, 34, "d", "t", "timeout"],
    ]);
  });
});
