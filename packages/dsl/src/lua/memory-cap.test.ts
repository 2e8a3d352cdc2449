import { describe, expect, it, vi } from "vitest";
import { DslError } from "../dsl-error.js";
import { caught, commandWorkflow, load, openState } from "../testing/workflow-files.js";

const MIB = 1024 * 1024;

/** What asks for more memory than there is, in ways that reach it by different parts of Lua. */
const GREEDY = [
  ["a long string", 'local s = string.rep("x", 1e9)'],
  ["a table that grows", "local t = {} for i = 1, 1e9 do t[i] = i end"],
  ["many tables", "local t = {} while true do t = { t } end"],
  ["a string that doubles", 'local s = "x" while true do s = s .. s end'],
  ["a long concatenation", 'local t = {} for i = 1, 1000 do t[i] = ("x"):rep(1e6) end t = table.concat(t)'],
  ["a substitution", 'local s = ("x"):rep(1e6):gsub("x", ("y"):rep(1000))'],
  [
    "a long format",
    'local s = ("%s"):rep(99):format(table.unpack((function() local t = {} for i = 1, 99 do t[i] = ("x"):rep(1e7) end return t end)()))',
  ],
  ["many coroutines", "local t = {} while true do t[#t + 1] = coroutine.create(print) end"],
] as const;

describe("the cap of Lua's memory", () => {
  it.each(GREEDY)("ends %s with an error that names it, and the state lives on", async (_, code) => {
    const source = commandWorkflow(`if params.small then return true end ${code} return true`);
    const { call } = await openState(source, { memoryLimitBytes: 64 * MIB });
    expect(call()).toMatchObject({ success: false, message: "not enough memory (the limit is 64MiB)" });
    expect(call({ small: true })).toEqual({ success: true });
  });

  it.each(GREEDY)("ends %s while a workflow is loaded", async (_, code) => {
    const error = await caught(load(code, { memoryLimitBytes: 64 * MIB }));
    expect(error).toBeInstanceOf(DslError);
    expect(error.code).toBe("SCRIPT_ERROR");
    expect(error.message).toContain("not enough memory (the limit is 64MiB)");
  });

  it("may be met again and again by a script that catches the error", async () => {
    const error = vi.spyOn(console, "error");
    const { call } = await openState(
      commandWorkflow(`local failed = 0
        for i = 1, 200 do if not pcall(string.rep, "x", 1e9) then failed = failed + 1 end end
        return true, failed`),
    );
    expect(call()).toEqual({ success: true, message: "200" });
    expect(error).not.toHaveBeenCalled();
    error.mockRestore();
  });

  it("leaves room for garbage to be collected", async () => {
    const { call } = await openState(
      commandWorkflow('local k = ("x"):rep(1e5) for i = 1, 1000 do local s = k:rep(10) .. i end return true'),
      { memoryLimitBytes: 64 * MIB },
    );
    expect(call()).toEqual({ success: true });
  });

  it("is 512 MiB where nothing else is said", async () => {
    const { call } = await openState(commandWorkflow('local s = ("x"):rep(1e9) return true'));
    expect(call().message).toBe("not enough memory (the limit is 512MiB)");
    const error = await caught(load('local s = ("x"):rep(1e9)'));
    expect(error.message).toContain("not enough memory (the limit is 512MiB)");
  });
});
