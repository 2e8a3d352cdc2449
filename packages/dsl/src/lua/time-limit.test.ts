import { describe, expect, it } from "vitest";
import { caught, commandWorkflow, load, openState } from "../testing/workflow-files.js";

describe("the time that loading may take", () => {
  it.each([
    ["an endless loop", "while true do end", 1],
    ["an endless loop in a function", "local function f()\n while true do end\nend\nf()", 2],
    ["a loop that catches errors", "while true do\npcall(function()\n while true do end end)\nend", 3],
    ["a loop in a coroutine", "coroutine.wrap(function()\nwhile true do end\nend)()", 2],
    [
      "a coroutine in a coroutine",
      "local w = coroutine.wrap\nw(function() w(function()\nwhile true do end end)() end)()",
      3,
    ],
    [
      "a loop in a metamethod",
      "local t = setmetatable({}, { __index = function()\nwhile true do end end })\nlocal x = t.x",
      2,
    ],
    ["a sort", "table.sort({ 1, 2, 3 }, function()\nwhile true do end end)", 2],
    ["a handler of errors", "while true do xpcall(error, function()\nwhile true do end end) end", 2],
  ])("ends %s, and names the line", async (_, source, line) => {
    const error = await caught(load(source, { loadTimeoutMs: 50 }));
    expect(error.code).toBe("SCRIPT_ERROR");
    expect(error.diagnostics).toMatchObject([
      { line, message: "loading took longer than 0.05s, and was in this line then" },
    ]);
  });

  it("names the line of text that is loaded, which is in no file", async () => {
    const error = await caught(load("load('while true do end', '@made.lua')()", { loadTimeoutMs: 50 }));
    expect(error.message).toContain("made.lua:1: loading took longer than 0.05s");
  });

  it("does not hold for the functions of the workflow, nor for their coroutines", async () => {
    const source = `co = coroutine.wrap(function() coroutine.yield() for i = 1, 3e6 do end return "done" end)
      co() ${commandWorkflow("for i = 1, 3e6 do end return true, co()")}`;
    await load(source, { loadTimeoutMs: 10_000 });
    const { call } = await openState(source);
    expect(call()).toEqual({ success: true, message: "done" });
  });
});
