import { describe, expect, it } from "vitest";
import { encodeBundle } from "../bundle/encode-bundle.js";
import { openTaskState } from "../task/open-task-state.js";
import { temporaryHost } from "../testing/temporary-host.js";
import { caught, temporaryDirectory, writeWorkflows } from "../testing/workflow-files.js";
import { type LoadWorkflowOptions, loadWorkflow } from "./load-workflow.js";

const load = (files: Record<string, string>, options?: LoadWorkflowOptions) =>
  loadWorkflow(writeWorkflows(files), options);

/** Loads, loads again from the bundle alone, and calls the command of task `t` in group `g`. */
async function call(files: Record<string, string>, options?: LoadWorkflowOptions) {
  const { workflow, bundle, context } = await load(files, options);
  const host = temporaryHost(temporaryDirectory());
  const { file, modelHash } = workflow;
  const state = await openTaskState({ bundle: encodeBundle(bundle), file, context, modelHash, host });
  const ctx = { name: "t", group: "g", workdir: host.workdir, attempt: 1, runId: "r" };
  return state.call({ group: "g", task: "t", field: "command" }, { params: {}, deps: {}, ctx });
}

const groupOf = (tasks: string) => `TaskDefinitions = { g = { tasks = { ${tasks} } } }`;
const returns = (expression: string) =>
  groupOf(`t = { command = function() return true, nil, ${expression} end }`);

describe("import", () => {
  it("is relative to the file that imports, and the bundle holds every file", async () => {
    const files = {
      "pipelines/main.lua": `local lib = import("../lib/tools.lua")\n${returns("lib.name")}`,
      "lib/tools.lua": `return { name = import("names/own.lua") }`,
      "lib/names/own.lua": `return "own"`,
    };
    const { bundle } = await load(files);
    expect([...bundle.files.keys()].sort()).toEqual(["../lib/names/own.lua", "../lib/tools.lua", "main.lua"]);
    expect((await call(files)).outputs).toBe("own");
  });

  it("is relative to it also as a tail call, and in a function that is called later", async () => {
    const files = {
      "main.lua": `local late = import("a/late.lua")\n${returns(`late().from`)}`,
      "a/late.lua": `import("b.lua")\nreturn function() local b = import("b.lua") return b end`,
      "a/b.lua": `return import("c.lua")`,
      "a/c.lua": `return { from = "a/c" }`,
    };
    expect((await call(files)).outputs).toBe("a/c");
  });

  it("says so where a tail call of a task hides the file", async () => {
    const files = {
      "main.lua": `import("x.lua")\n${returns("late()").replace("Task", "function late() return import('x.lua') end Task")}`,
      "x.lua": "",
    };
    expect((await call(files)).message).toContain("import cannot tell which file it is called from");
  });

  it("runs a file once, and gives everybody the same value", async () => {
    const files = {
      "main.lua": `count = 0\nlocal a, b = import("x.lua"), import("./x.lua")\n${returns(`{ same = a == b, count = count }`)}`,
      "x.lua": `count = count + 1\nreturn {}`,
    };
    expect((await call(files)).outputs).toEqual({ same: true, count: 1 });
  });

  it("of a file that imports its importer names the whole way round", async () => {
    const error = await caught(
      load({ "main.lua": `import("a.lua")`, "a.lua": `import("b.lua")`, "b.lua": `import("a.lua")` }),
    );
    expect(error.message).toContain("import cycle: a.lua -> b.lua -> a.lua");
  });

  it("of a file with a mistake names that file and its line", async () => {
    const syntax = await caught(load({ "main.lua": `import("a.lua")`, "a.lua": "\nx = = 1" }));
    expect(syntax.diagnostics).toMatchObject([{ file: "a.lua", line: 2 }]);
    const raised = await caught(load({ "main.lua": `import("a.lua")`, "a.lua": `\n\nerror("no")` }));
    expect(raised.diagnostics).toMatchObject([{ file: "a.lua", line: 3, message: "no" }]);
  });

  it("takes a byte order mark, a shebang and CRLF", async () => {
    const files = {
      "main.lua": `local x = import("x.lua")\n${returns("x")}`,
      "x.lua": "\ufeff#!/usr/bin/env lua\r\nreturn 'x'\r\n",
    };
    expect((await call(files)).outputs).toBe("x");
  });

  it("of a file that was not read while the workflow was loaded is an error of the task that says so", async () => {
    const files = { "main.lua": returns(`import("late.lua")`), "late.lua": "return 1" };
    const { success, message } = await call(files);
    expect(success).toBe(false);
    expect(message).toContain("It was not read while the workflow was loaded.");
  });
});

describe("require", () => {
  it("finds modules beside the workflow, whoever requires them", async () => {
    const files = {
      "main.lua": `local git = require("lib.git")\n${returns(`{ git.name, require("whole").name }`)}`,
      "lib/git.lua": `return { name = "git+" .. require("whole").name }`,
      "whole/init.lua": `return { name = "whole" }`,
    };
    expect((await call(files)).outputs).toEqual(["git+whole", "whole"]);
  });

  it("prefers what is built in, and gives the same table", async () => {
    const files = {
      "main.lua": returns(
        `require("log") == log and require("values") == values and require("task") == task and require("workflow") == workflow`,
      ),
      "log.lua": "error()",
    };
    expect((await call(files)).outputs).toBe(true);
  });

  it("says where it looked", async () => {
    const error = await caught(load({ "main.lua": `require("a.b")` }));
    expect(error.message).toContain(`no file "a/b.lua" beside the workflow`);
    expect(error.message).toContain(`no file "a/b/init.lua" beside the workflow`);
  });
});

describe("values", () => {
  const values = { image: { tag: "1.2", ports: [80, 443] }, replicas: 3 };

  it("are what was given, here and where the workflow is loaded again", async () => {
    const read = returns(`{ values.image.tag, #values.image.ports, values.replicas, values.missing == nil }`);
    expect((await call({ "main.lua": read }, { values })).outputs).toEqual(["1.2", 2, 3, true]);
  });

  it("can be walked, and passed on as data", async () => {
    const read = `local keys = {}
      for key in pairs(values) do keys[#keys + 1] = key end
      table.sort(keys)
      for _, port in ipairs(values.image.ports) do keys[#keys + 1] = port end
      ${groupOf(`t = { command = function(p) return true, nil, { keys = keys, all = values } end,
        params = { image = values.image } }`)}`;
    const { workflow } = await load({ "main.lua": read }, { values });
    expect(workflow.groups[0]?.tasks[0]?.params).toEqual({ image: values.image });
    expect((await call({ "main.lua": read }, { values })).outputs).toMatchObject({
      keys: ["image", "replicas", 80, 443],
      all: values,
    });
  });

  it("cannot be changed", async () => {
    for (const change of ["values.new = 1", "values.image.tag = 2", "values.image.ports[3] = 1"]) {
      const { message } = await call({ "main.lua": returns(`(function() ${change} end)()`) }, { values });
      expect(message).toContain("values are read-only");
    }
  });

  it("are an empty table when there are none", async () => {
    expect((await call({ "main.lua": returns("next(values) == nil and #values == 0") })).outputs).toBe(true);
  });
});

describe("the environment", () => {
  it("is seen again as it was where the workflow is loaded again, and only what was read travels", async () => {
    const source = `local home = env.get("SLOTH_TEST_HOME")
      ${groupOf(`t = { command = "x", description = tostring(home) .. tostring(os.getenv("SLOTH_TEST_NONE")) }`)}`;
    const environment = { SLOTH_TEST_HOME: "/here", OTHER: "secret" };
    const { workflow, context } = await load({ "main.lua": source }, { environment });
    expect(workflow.groups[0]?.tasks[0]?.description).toBe("/herenil");
    expect(context.environment).toEqual({ SLOTH_TEST_HOME: "/here", SLOTH_TEST_NONE: null });
    const again = await load({ "main.lua": source }, { context, environment: { SLOTH_TEST_HOME: "/there" } });
    expect(again.workflow.modelHash).toBe(workflow.modelHash);
  });

  it("is the task's own in a task", async () => {
    process.env.SLOTH_TEST_TASK = "yes";
    expect((await call({ "main.lua": returns(`env.get("SLOTH_TEST_TASK")`) })).outputs).toBe("yes");
  });
});
