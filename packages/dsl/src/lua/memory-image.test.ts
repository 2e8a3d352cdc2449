import { describe, expect, it } from "vitest";
import { callProtected, installErrorHandler, loadChunk } from "./call-protected.js";
import { type LuaState, openLuaState } from "./lua-state.js";
import { takeImage } from "./memory-image.js";

async function open(): Promise<LuaState> {
  const lua = await openLuaState({ clockMs: 1 });
  installErrorHandler(lua);
  return lua;
}

function run(lua: LuaState, code: string): void {
  const failure = loadChunk(lua, Buffer.from(code), "=test") ?? callProtected(lua, 0, 0);
  if (failure) throw new Error(failure.message);
}

/** A copy without the zeros at its end. */
function memoryOf({ api }: LuaState): Buffer {
  const memory = Buffer.from(api.HEAPU8);
  let end = memory.length;
  while (memory[end - 1] === 0) end -= 1;
  return memory.subarray(0, end);
}

describe("an image of a state's memory", () => {
  it.each([
    ["globals", "secret = ('password'):rep(1000)"],
    ["memory that grew", "local t = {} for i = 1, 1e5 do t[i] = 'password' .. i end kept = t"],
    [
      "the stack of C",
      "local function deep(n) return n > 0 and (deep(n - 1)) or 0 end pcall(string.rep, 'x', -1) deep(1e4)",
    ],
    [
      "a coroutine that is halted",
      "co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co)",
    ],
    ["an error", "kept = select(2, pcall(error, { 'password' }))"],
    ["a finalizer", "setmetatable({}, { __gc = function() kept = 'password' end })"],
  ])("leaves nothing of %s", async (_, code) => {
    const lua = await open();
    const image = takeImage(lua);
    const before = memoryOf(lua);
    run(lua, code);
    expect(memoryOf(lua).equals(before)).toBe(false);
    expect(image.restore()).toBe(true);
    expect(memoryOf(lua).equals(before)).toBe(true);
  });

  it("can be put back again and again", async () => {
    const lua = await open();
    run(lua, "count = 0");
    const image = takeImage(lua);
    for (let i = 0; i < 100; i++) {
      run(lua, "count = count + 1 assert(count == 1)");
      expect(image.restore()).toBe(true);
    }
  });

  it("is of no use once the memory has grown by much", async () => {
    const lua = await open();
    const image = takeImage(lua);
    run(lua, "kept = ('x'):rep(32 * 1024 * 1024)");
    expect(image.restore()).toBe(false);
  });

  it("is of no use once the state is broken", async () => {
    const lua = await open();
    const image = takeImage(lua);
    lua.broken = true;
    expect(image.restore()).toBe(false);
  });
});
