import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeBundle } from "../bundle/encode-bundle.js";
import { DslError } from "../dsl-error.js";
import { temporaryHost } from "../testing/temporary-host.js";
import {
  caught,
  commandWorkflow,
  load,
  openState,
  run,
  temporaryDirectory,
} from "../testing/workflow-files.js";
import { openTaskState } from "./open-task-state.js";

describe("a command function", () => {
  it("gets params, deps and ctx", async () => {
    const { call, host } = await openState(commandWorkflow("return true, ctx.name, { params, deps, ctx }"));
    expect(call({ n: 1, task_name: "mine" }, { before: { ok: true } }).outputs).toEqual([
      { n: 1, task_name: "t", group_name: "g", workdir: host.workdir },
      { before: { ok: true } },
      { name: "t", group: "g", workdir: host.workdir, attempt: 1, run_id: "r1" },
    ]);
  });

  it("takes values of every kind and gives them back", async () => {
    const params = {
      bytes: Uint8Array.from({ length: 256 }, (_, index) => index),
      big: 2n ** 63n - 1n,
      zero: -0,
      not: Number.NaN,
      list: [1, null, 3],
      text: "grün\0",
    };
    const { outputs } = await run("return true, nil, params", params);
    expect(outputs).toMatchObject(params);
  });

  it.each([
    ["return true", { success: true }],
    ["return false", { success: false }],
    ["return true, 'done', { x = 1 }", { success: true, message: "done", outputs: { x: 1 } }],
    ["return false, 'no', 'text'", { success: false, message: "no", outputs: "text" }],
    ["return true, 42", { success: true, message: "42" }],
    [
      "return true, { a = { 1, math.maxinteger } }",
      { success: true, message: '{"a":[1,"9223372036854775807"]}' },
    ],
    ["return true, '\\xff'", { success: true, message: "\ufffd" }],
  ])("that does %s", async (body, outcome) => {
    expect(await run(body)).toEqual(outcome);
  });

  it.each([
    ["return", "The first value that a command function returns must be true or false; it returned nothing"],
    ["return nil, 'x'", "must be true or false; it returned nothing"],
    ["return 0", "must be true or false; it returned 0"],
    ["return 'ok'", "must be true or false; it returned ok"],
    ["return {}", "must be true or false; it returned {}"],
    ["return true, nil, { f = print }", "command returned what is not data: outputs.f is a function"],
    ["local t = {} t.t = t return true, nil, t", "outputs.t is a table that contains itself"],
    ["return true, print", "the message is a function"],
    ["return {}", "must be true or false; it returned {}"],
  ])("fails with a reason after %s", async (body, message) => {
    const outcome = await run(body);
    expect(outcome.success).toBe(false);
    expect(outcome.message).toContain(message);
  });

  it.each([
    ["error('no')", "workflow.lua:2: no"],
    ["error({ code = 5, text = 'x' })", '{code = 5, text = "x"}'],
    ["error(nil)", "an error without a message: error(nil)"],
    ["error(42)", "42"],
    ["error(print)", expect.stringMatching(/^(builtin|function)/)],
    ["error(setmetatable({}, { __tostring = function() return 'object' end }))", "object"],
    ["error(setmetatable({}, { __tostring = error }))", "an error object of type table"],
    ["local x = nil .. 'a'", "workflow.lua:2: attempt to concatenate a nil value"],
    ["local function f() return 1 + f() end f()", expect.stringContaining("stack overflow")],
    [
      "return string.find(string.rep('a', 3e5), string.rep('a?', 3e5) .. 'b')",
      expect.stringContaining("pattern too complex"),
    ],
  ])("fails with message and traceback after %s", async (body, message) => {
    const outcome = await run(body);
    expect(outcome).toEqual({
      success: false,
      message,
      traceback: expect.stringContaining("workflow.lua:2: in"),
    });
    expect(outcome.traceback).not.toMatch(/\[sloth\]|\[C\]: in \?/);
  });

  it("can be called thousands of times in one state, and shares its globals", async () => {
    const { call } = await openState(
      commandWorkflow("n = (n or 0) + 1 if n % 2 == 0 then error('even') end return true, n"),
    );
    for (let i = 1; i < 5000; i++) call();
    expect(call().message).toBe("workflow.lua:2: even");
    expect(call()).toEqual({ success: true, message: "5001" });
  });

  it("is the closure that the loop has made", async () => {
    const { state, host } = await openState(`local tasks = {}
      for i = 1, 3 do tasks["t" .. i] = { command = function() return true, i end } end
      TaskDefinitions = { g = { tasks = tasks } }`);
    const ctx = { name: "t2", group: "g", workdir: host.workdir, attempt: 1, runId: "r" };
    const outcome = state.call({ group: "g", task: "t2", field: "command" }, { params: {}, deps: {}, ctx });
    expect(outcome).toEqual({ success: true, message: "2" });
  });

  it("draws other random numbers in each state", async () => {
    const source = commandWorkflow("return true, math.random(1 << 50)");
    expect((await openState(source)).call().message).not.toBe((await openState(source)).call().message);
  });
});

describe("a memory limit", () => {
  it.each(["return string.rep('x', 1e9)", "local t = {} for i = 1, 1e9 do t[i] = i end"])(
    "ends %s as a failure, and the state lives on",
    async (body) => {
      const source = commandWorkflow(`if params.small then return true end ${body}`);
      const { call } = await openState(source, { memoryLimitBytes: 32 * 1024 * 1024 });
      expect(call()).toEqual({ success: false, message: "not enough memory (the limit is 32MiB)" });
      expect(call({ small: true })).toEqual({ success: true });
    },
  );

  it("holds for what the host returns", async () => {
    const { call, host } = await openState(commandWorkflow('return #fs.read("big") > 0'), {
      memoryLimitBytes: 32 * 1024 * 1024,
    });
    writeFileSync(join(host.workdir, "big"), Buffer.alloc(64 * 1024 * 1024));
    expect(call().message).toContain("not enough memory");
    writeFileSync(join(host.workdir, "big"), "small");
    expect(call()).toEqual({ success: true });
  });

  it("does not change the model", async () => {
    const source = `local keys, names = {}, {}
      for i = 1, 50 do keys["k" .. i] = true end
      for key in pairs(keys) do names[#names + 1] = key end
      TaskDefinitions = { g = { description = table.concat(names) .. math.random(1e9) .. tostring({}), tasks = {} } }`;
    await expect(openState(source, { memoryLimitBytes: 64 * 1024 * 1024 })).resolves.toBeDefined();
  });
});

describe("a host that breaks", () => {
  it("ends the call past every pcall, and the state is of no use afterwards", async () => {
    const host = temporaryHost(temporaryDirectory());
    host.print = () => {
      throw new Error("the channel is gone");
    };
    const { call } = await openState(commandWorkflow("while true do pcall(pcall, print, 1) end"), { host });
    expect(() => call()).toThrow("the channel is gone");
    expect(call()).toMatchObject({ success: false, message: expect.stringContaining("unusable") });
  });
});

describe("openTaskState", () => {
  const source = commandWorkflow("return true");
  const options = async () => {
    const loaded = await load(source);
    const { file, modelHash } = loaded.workflow;
    const host = temporaryHost(loaded.directory);
    return { bundle: encodeBundle(loaded.bundle), file, modelHash, context: loaded.context, host };
  };

  it("refuses a model that differs, and names both", async () => {
    const given = await options();
    const error = await caught(openTaskState({ ...given, modelHash: "0".repeat(64) }));
    expect(error.code).toBe("MODEL_MISMATCH");
    expect(error.message).toContain("0".repeat(64));
    expect(error.message).toContain(given.modelHash);
  });

  it("refuses a bundle that is none, or lacks the file", async () => {
    const given = await options();
    expect((await caught(openTaskState({ ...given, bundle: Buffer.from("x") }))).code).toBe("BUNDLE_INVALID");
    expect((await caught(openTaskState({ ...given, file: "other.lua" }))).code).toBe("BUNDLE_INVALID");
  });

  it("drops what the file logs and prints while it is loaded again", async () => {
    const { host, call } = await openState(`print("top") log.info("top") ${source}`);
    call();
    expect(host.records).toEqual([]);
    expect(host.printed().length).toBe(0);
  });

  it("says so when the task has no function", async () => {
    const { state, host } = await openState(
      'TaskDefinitions = { g = { tasks = { t = { command = "x" } } } }',
    );
    const ctx = { name: "t", group: "g", workdir: host.workdir, attempt: 1, runId: "r" };
    const outcome = state.call({ group: "g", task: "t", field: "command" }, { params: {}, deps: {}, ctx });
    expect(outcome).toMatchObject({ success: false, message: expect.stringContaining("no task") });
  });

  it("may be closed twice, and is not called afterwards", async () => {
    const { state, call } = await openState(source);
    state.close();
    state.close();
    expect(() => call()).toThrow("closed");
    expect(new DslError("SYNTAX", "x").diagnostics).toEqual([]);
  });
});
