import { describe, expect, it } from "vitest";
import { caught, writeWorkflows } from "../testing/workflow-files.js";
import { loadWorkflow } from "./load-workflow.js";

const load = (files: Record<string, string>) => loadWorkflow(writeWorkflows(files));

/** `file:line:column` of each mistake, and what stands there. */
async function places(files: Record<string, string>): Promise<string[]> {
  const { diagnostics } = await caught(load(files));
  return diagnostics.map(({ file, line, column, source = "" }) => {
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    return `${place} ${source.slice((column ?? 1) - 1)}`;
  });
}

const TASKS = `return {
  lint = { name = "lint", command = function() end, timeout = "soon" },
  plain = { name = "plain", command = "x", timeout = "soon" },
}`;

describe("a mistake in what another file defines is reported", () => {
  it("where the task is used", async () => {
    const main = `local lib = import("lib.lua")
TaskDefinitions = { g = { tasks = {
  lib.lint,
  { uses = lib.plain },
} } }`;
    expect(await places({ "main.lua": main, "lib.lua": TASKS })).toEqual([
      "main.lua:3:3 lib.lint,",
      "main.lua:4:5 uses = lib.plain },",
    ]);
  });

  it("where the tasks are used, when the workflow does not list them", async () => {
    const main = `\nTaskDefinitions = { g = { tasks = require("lib") } }`;
    expect(await places({ "main.lua": main, "lib.lua": TASKS })).toEqual([
      `main.lua:2:27 tasks = require("lib") } }`,
      `main.lua:2:27 tasks = require("lib") } }`,
    ]);
  });

  it("where a function stands that has no place there", async () => {
    const main = `TaskDefinitions = { g = { tasks = require("lib") } }`;
    const lib = `return {\n  { name = "t", command = "x",\n    env = function() end },\n}`;
    expect(await places({ "main.lua": main, "lib.lua": lib })).toEqual([
      "lib.lua:3     env = function() end },",
    ]);
  });

  it("there, when that file sets the table of groups", async () => {
    const lib = `TaskDefinitions = {}\nTaskDefinitions.g = { tasks = {\n  { name = "t", command = "x", retries = -1 },\n} }`;
    expect(await places({ "main.lua": `import("lib.lua")`, "lib.lua": lib })).toEqual([
      "lib.lua:3:32 retries = -1 },",
    ]);
  });

  it("there, when that file makes it in the fluent form", async () => {
    const lib = `\n\nworkflow.define("g"):tasks({\n  task("t"):command("x"):retries(-1) })`;
    const main = `\n\nimport("lib.lua")\nworkflow.define("h"):tasks({ task("u"):command(5) })`;
    expect(await places({ "main.lua": main, "lib.lua": lib })).toEqual([
      'main.lua:4:30 task("u"):command(5) })',
      'lib.lua:4:3 task("t"):command("x"):retries(-1) })',
    ]);
  });

  it("where a builder was made, whatever its maker is called", async () => {
    const lib = `return { (function(make) return make("t"):command(5) end)(task) }`;
    const main = `TaskDefinitions = { g = { tasks = {\n  import("lib.lua")[1] } } }`;
    expect(await places({ "main.lua": main, "lib.lua": lib })).toEqual([`lib.lua:1 ${lib}`]);
  });
});

describe("the position of a task in the model", () => {
  it("is where it is used, or in the file that makes it", async () => {
    const { workflow } = await load({
      "main.lua": `local lib = import("lib.lua")
        TaskDefinitions = { g = { tasks = { lib.a, lib.b, { name = "c", command = lib.c } } } }`,
      "lib.lua": `return {
        a = { name = "a", command = function() end },
        b = task("b"):command("x"),
        c = function() end }`,
    });
    expect(workflow.groups[0]?.tasks.map(({ at }) => `${at.file}:${at.line}`)).toEqual([
      "main.lua:2",
      "lib.lua:3",
      "main.lua:2",
    ]);
    expect(workflow.groups[0]?.tasks[2]?.command).toEqual({ kind: "lua", at: { file: "lib.lua", line: 4 } });
  });
});

describe("a group that is assigned more than once", () => {
  const wrong = (name: string): string => `{ tasks = { { name = "${name}", command = "x", retries = -1 } } }`;
  const right = (name: string): string => `{ tasks = { { name = "${name}", command = "x", retries = 1 } } }`;

  it("is the last, as in Lua", async () => {
    const main = `TaskDefinitions = { a = ${wrong("old")} }\nTaskDefinitions.a = ${right("new")}`;
    const { workflow } = await load({ "main.lua": main });
    expect(workflow.groups.map(({ tasks, at }) => [tasks[0]?.name, at.line])).toEqual([["new", 2]]);
  });

  it("is placed in the branch that ran", async () => {
    const main = `TaskDefinitions = {}
if true then
  TaskDefinitions.a = ${wrong("t1")}
else
  TaskDefinitions.a = ${wrong("t2")}
end`;
    expect(await places({ "main.lua": main })).toEqual(["main.lua:3:65 retries = -1 } } }"]);
    expect(await places({ "main.lua": main.replace("true", "false") })).toEqual([
      "main.lua:5:65 retries = -1 } } }",
    ]);
  });

  it("is placed by its functions where nothing else differs", async () => {
    const group = `{ tasks = { t = { command = function() end, retries = -1 } } }`;
    const main = `TaskDefinitions = {}\nif true then\nTaskDefinitions.a = ${group}\nelse\nTaskDefinitions.a = ${group}\nend`;
    expect(await places({ "main.lua": main })).toEqual(["main.lua:3:65 retries = -1 } } }"]);
  });

  it("may be changed after it was written", async () => {
    const main = `TaskDefinitions = { a = ${right("t")} }\nTaskDefinitions.a.description = "x"\nTaskDefinitions.a.tasks[1].timeout = 0`;
    expect(await places({ "main.lua": main })).toEqual([
      'main.lua:1:37 { name = "t", command = "x", retries = 1 } } } }',
    ]);
  });
});
