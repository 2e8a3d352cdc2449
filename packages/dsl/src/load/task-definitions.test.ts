import { describe, expect, it } from "vitest";
import { writeWorkflows } from "../testing/workflow-files.js";
import { type LoadWorkflowOptions, loadWorkflow } from "./load-workflow.js";
import { taskDefinitions } from "./task-definitions.js";

async function definitions(
  text: string,
  options?: LoadWorkflowOptions,
): Promise<Record<string, string | undefined>> {
  const loaded = await loadWorkflow(writeWorkflows({ "w.lua": text }), options);
  const definitionOf = taskDefinitions(loaded);
  return Object.fromEntries(
    loaded.workflow.groups.flatMap((group) =>
      group.tasks.map((task) => [task.name, definitionOf(group.name, task.name)]),
    ),
  );
}

const written = (a: string, b: string, group = "") => `TaskDefinitions = { g = { ${group} tasks = {
  { name = "a", ${a} },
  { name = "b", ${b} },
} } }`;

describe("the definition of a task", () => {
  it("stays as it is when another one changes, also above it", async () => {
    const before = await definitions(written('command = "make"', "command = function() return true end"));
    const after = await definitions(
      written(
        'command = "make\\n"\n, pre_exec = function() return true end',
        "command = function() return true end",
      ),
    );
    expect(after.a).not.toBe(before.a);
    expect(after.b).toBe(before.b);
  });

  it.each([
    ["its script", written('command = "y"', 'command = "x"')],
    ["a function", written("command = function() return 2 end", 'command = "x"')],
    ["what it depends on", written('command = "x", depends_on = "b"', 'command = "x"')],
    ["a parameter", written('command = "x", params = { n = 1 }', 'command = "x"')],
    ["where its group runs", written('command = "x"', 'command = "x"', 'delegate_to = "one:1",')],
  ])("is another one with %s", async (_, text) => {
    const before = await definitions(written('command = "x"', 'command = "x"'));
    expect((await definitions(text)).a).not.toBe(before.a);
  });

  it("of a function takes in the values", async () => {
    const text = written("command = function() return values.n end", 'command = "x"');
    const [one, two] = [
      await definitions(text, { values: { n: 1 } }),
      await definitions(text, { values: { n: 2 } }),
    ];
    expect(one.a).not.toBe(two.a);
    expect(one.b).toBe(two.b);
  });
});
