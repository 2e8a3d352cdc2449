import type { LuaValue } from "../model.js";
import { pushListMark } from "./data-marks.js";
import type { LuaThread } from "./lua-api.js";
import { type LuaState, pushBytes } from "./lua-state.js";

/** How deep a value from Lua may be nested. */
export const MAX_DEPTH = 100;

/** More than that, since what was read is put into other tables: the outputs of a task into `deps`. */
const MAX_PUSHED_DEPTH = 2 * MAX_DEPTH;

const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/** Whether Lua can hold an integer. */
export function fitsInteger(value: bigint): boolean {
  return value >= MIN_INTEGER && value <= MAX_INTEGER;
}

/**
 * Pushes a value. A `number` that is a safe integer becomes a Lua integer, every other one a float. An empty
 * list is marked as one (data-marks.ts).
 *
 * @throws {TypeError} for a `bigint` beyond 64 bits, anything that is not a {@link LuaValue}, and nesting
 * deeper than 200 levels.
 */
export function pushValue(lua: LuaState, thread: LuaThread, value: LuaValue, depth = 0): void {
  if (depth > MAX_PUSHED_DEPTH)
    throw new TypeError(`The value is nested deeper than ${MAX_PUSHED_DEPTH} levels`);
  if (lua.api._lua_checkstack(thread, 4) === 0) throw new TypeError("The Lua stack is full");
  if (value === null || value === undefined) lua.api._lua_pushnil(thread);
  else if (typeof value === "boolean") lua.api._lua_pushboolean(thread, value ? 1 : 0);
  else if (typeof value === "number") pushNumber(lua, thread, value);
  else if (typeof value === "bigint") pushBigint(lua, thread, value);
  else if (typeof value === "string") pushBytes(lua, thread, Buffer.from(value));
  else if (value instanceof Uint8Array) pushBytes(lua, thread, value);
  else if (Array.isArray(value)) pushList(lua, thread, value, depth);
  else if (typeof value === "object") pushTable(lua, thread, value, depth);
  else throw new TypeError(`A ${typeof value} cannot be passed to Lua`);
}

export function pushNumber(lua: LuaState, thread: LuaThread, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) lua.api._lua_pushinteger(thread, BigInt(value));
  else lua.api._lua_pushnumber(thread, value);
}

function pushBigint(lua: LuaState, thread: LuaThread, value: bigint): void {
  if (!fitsInteger(value)) throw new TypeError(`${value} does not fit into 64 bits`);
  lua.api._lua_pushinteger(thread, value);
}

function pushList(lua: LuaState, thread: LuaThread, list: LuaValue[], depth: number): void {
  lua.api._lua_createtable(thread, list.length, 0);
  if (list.length === 0) markAsList(lua, thread);
  list.forEach((item, position) => {
    pushValue(lua, thread, item, depth + 1);
    lua.api._lua_rawseti(thread, -2, BigInt(position + 1));
  });
}

/** Marks the table on top of the stack. */
export function markAsList(lua: LuaState, thread: LuaThread): void {
  pushListMark(lua, thread);
  lua.api._lua_setmetatable(thread, -2);
}

function pushTable(lua: LuaState, thread: LuaThread, table: Record<string, LuaValue>, depth: number): void {
  const keys = Object.keys(table);
  lua.api._lua_createtable(thread, 0, keys.length);
  for (const key of keys) {
    pushBytes(lua, thread, Buffer.from(key));
    pushValue(lua, thread, table[key] ?? null, depth + 1);
    lua.api._lua_rawset(thread, -3);
  }
}
