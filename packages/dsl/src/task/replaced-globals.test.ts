import { describe, expect, it } from "vitest";
import { commandWorkflow, load, loadError, openState } from "../testing/workflow-files.js";

const fluent = `local t = task("t"):command(function(this) return true, this.workdir.get() end):build()
  workflow.define("g"):tasks({ t }):build()`;

describe("a workflow that replaces globals", () => {
  it.each([
    "math = nil",
    "math.randomseed = nil",
    "math.randomseed = function() error('called') end",
    "math = setmetatable({}, { __index = error })",
    "setmetatable(_G, { __index = error, __newindex = error })",
    "local G = _G for name in next, G do if name ~= 'TaskDefinitions' then G[name] = nil end end",
    "getmetatable('').__index = nil",
    "string.format, string.sub, table.concat, tostring, type, pcall, error = nil",
    "debug.traceback, debug.getinfo, coroutine.wrap, package.loaded = nil",
    "_G['@this'], _G['@workflows'] = nil, nil",
  ])("is loaded, and its functions are called: %s", async (code) => {
    const source = `${commandWorkflow("if params.fail then params.fail.x() end return true, 'ran'")} ${code}`;
    const { call } = await openState(source);
    expect(call()).toEqual({ success: true, message: "ran" });
    expect(call({ fail: true })).toMatchObject({ success: false, traceback: expect.any(String) });
  });

  it.each([
    "_G['@this'], _G['@workflows'] = nil, nil",
    "_G['@this'], _G['@workflows'] = error, { 1, { name = 'x' } }",
    "for key in pairs(_G) do assert(key:sub(1, 1) ~= '@') end",
  ])("keeps the fluent form: %s", async (code) => {
    const { call, host } = await openState(`${fluent} ${code}`);
    expect(call()).toEqual({ success: true, message: host.workdir });
  });

  it("cannot take from its later functions what the fluent form needs", async () => {
    const { call, host } = await openState(`local t = task("t"):command(function(this)
        _G["@this"], tostring, setmetatable = nil
        return true, this.workdir.get()
      end)
      workflow.define("g"):tasks({ t })`);
    expect([call().message, call().message]).toEqual([host.workdir, host.workdir]);
  });

  it("gets an error where it takes away what itself calls", async () => {
    expect((await loadError("import = nil import('x.lua')")).message).toBe(
      "workflow.lua:1: attempt to call a nil value (global 'import')",
    );
    expect((await load(`task = nil ${commandWorkflow("return true")}`)).workflow.groups).toHaveLength(1);
  });
});
