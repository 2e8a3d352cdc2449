import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { LuaValue } from "../model.js";
import { callProtected, installErrorHandler, loadChunk } from "./call-protected.js";
import { installDataMarks } from "./data-marks.js";
import { type LuaState, openLuaState, pop } from "./lua-state.js";
import { pushValue } from "./push-value.js";
import { NotDataError, readValue } from "./read-value.js";

let lua: LuaState;
beforeAll(async () => {
  lua = await openLuaState({ clockMs: 0 });
  installErrorHandler(lua);
  installDataMarks(lua);
});

/** The value of a Lua expression. */
function evaluate(code: string): LuaValue {
  expect(loadChunk(lua, Buffer.from(code), "=test") ?? callProtected(lua, 0, 1)).toBeUndefined();
  try {
    return readValue(lua, lua.main, -1, "value");
  } finally {
    pop(lua, lua.main, 1);
  }
}

function roundTrip(value: LuaValue): LuaValue {
  pushValue(lua, lua.main, value);
  try {
    return readValue(lua, lua.main, -1, "value");
  } finally {
    pop(lua, lua.main, 1);
  }
}

const { value: anyValue } = fc.letrec<{ value: LuaValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: false }),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array().filter((bytes) => !isText(bytes)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: "grapheme" }), tie("value"), { noNullPrototype: false }),
  ),
}));

function isText(bytes: Uint8Array): boolean {
  return Buffer.from(Buffer.from(bytes).toString()).equals(bytes);
}

describe("values between JavaScript and Lua", () => {
  it("come back as they were sent", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(roundTrip(value)).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it("leave the stack as it was", () => {
    const top = lua.api._lua_gettop(lua.main);
    roundTrip({ a: [1, { b: [2] }] });
    expect(lua.api._lua_gettop(lua.main)).toBe(top);
  });

  it("keep all 256 byte values of a string", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(roundTrip(bytes)).toEqual(bytes);
    expect(
      evaluate("local t = {} for i = 0, 255 do t[#t+1] = string.char(i) end return table.concat(t)"),
    ).toEqual(bytes);
  });

  it.each<[string, LuaValue]>([
    ["return nil", null],
    ["return math.maxinteger", 2n ** 63n - 1n],
    ["return math.mininteger", -(2n ** 63n)],
    ["return 2^53", 2 ** 53],
    ["return 1.0", 1],
    ["return -0.0", -0],
    ["return 0/0", Number.NaN],
    ["return math.huge", Number.POSITIVE_INFINITY],
    ["return {1, nil, 3}", [1, null, 3]],
    ["return {}", {}],
    ["return {a = {b = 'c'}}", { a: { b: "c" } }],
    ["return 'a\\0b'", "a\0b"],
    ["return 'gr\u00fcn'", "grün"],
    ["local t = {1} return {t, t}", [[1], [1]]],
  ])("%s", (code, value) => {
    expect(evaluate(code)).toEqual(value);
  });

  it("makes a list of holes and an integral number plain", () => {
    expect(roundTrip([null, 1])).toEqual([null, 1]);
  });

  it("takes a key __proto__ as a key", () => {
    const value = evaluate("return {__proto__ = {polluted = true}}") as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect("polluted" in {}).toBe(false);
    expect(Object.keys(roundTrip(value as LuaValue) as object)).toEqual(["__proto__"]);
  });

  it.each([
    ["local t = {a = {}} t.a.b = {t} return t", "value.a.b[1] is a table that contains itself"],
    ["return {a = {print}}", "value.a[1] is a function, which is not data"],
    ["return {['x y'] = io.stdout}", 'value["x y"] is a userdata, which is not data'],
    ["return {coroutine.create(print)}", "value[1] is a thread, which is not data"],
    ["return {a = {1, b = 2}}", "value.a mixes list items and named fields"],
    ["return {[1000000] = 1}", "value is a list with too many gaps"],
    ["return {[0] = 1}", "value has the key 0; the positions of a list count from 1"],
    ["return {[1.5] = 1}", "value has the key 1.5; the positions of a list count from 1"],
    ["return {[true] = 1}", "value has a boolean as a key; keys are names or positions"],
    ["return {['\\xff'] = 1}", "value has a key that is not valid UTF-8"],
  ])("refuses %s", (code, message) => {
    expect(() => evaluate(code)).toThrow(new NotDataError(message));
  });

  it("refuses what is nested too deeply, in both directions", () => {
    expect(() => evaluate("local t = {} for i = 1, 200 do t = {t} end return t")).toThrow(
      /deeper than 100 levels/,
    );
    let nested: LuaValue = 1;
    for (let i = 0; i < 300; i++) nested = [nested];
    expect(() => pushValue(lua, lua.main, nested)).toThrow(/deeper than 200 levels/);
    lua.api._lua_settop(lua.main, 0);
  });

  it("refuses an integer beyond 64 bits", () => {
    expect(() => pushValue(lua, lua.main, 2n ** 63n)).toThrow(TypeError);
  });

  it("runs no metamethod", () => {
    expect(evaluate("return setmetatable({a = 1}, {__pairs = error, __index = error})")).toEqual({ a: 1 });
  });
});

describe("the size of a value", () => {
  const limited = (code: string, limitBytes: number) => {
    expect(loadChunk(lua, Buffer.from(code), "=test") ?? callProtected(lua, 0, 1)).toBeUndefined();
    try {
      return readValue(lua, lua.main, -1, "value", limitBytes);
    } finally {
      pop(lua, lua.main, 1);
    }
  };

  it("is limited, for text, keys and the number of values", () => {
    const tooLarge = "is too large: more than 4KiB";
    expect(() => limited("return ('x'):rep(5000)", 4096)).toThrow(new NotDataError(`value ${tooLarge}`));
    expect(() => limited("return { [('x'):rep(5000)] = 1 }", 4096)).toThrow(tooLarge);
    expect(() => limited("local t = {} for i = 1, 200 do t[i] = true end return t", 4096)).toThrow(tooLarge);
    expect(limited("return ('x'):rep(4000)", 4096)).toHaveLength(4000);
  });

  it("counts what is shared as often as it is met", () => {
    const doubling = "local t = {} for i = 1, 90 do t = { t, t } end return t";
    expect(() => evaluate(doubling)).toThrow(/is too large: more than 64MiB/);
    const shared = "local s = ('x'):rep(1e7) local t = {} for i = 1, 1000 do t[i] = s end return t";
    expect(() => evaluate(shared)).toThrow(/is too large: more than 64MiB/);
  });

  it("may be a million keys", () => {
    const value = evaluate("local t = {} for i = 1, 1e6 do t['k' .. i] = i end return t");
    expect(Object.keys(value as object)).toHaveLength(1_000_000);
  });
});
