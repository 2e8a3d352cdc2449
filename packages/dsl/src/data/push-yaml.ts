import { pushNull } from "../lua/data-marks.js";
import type { LuaThread } from "../lua/lua-api.js";
import { type LuaState, pushBytes } from "../lua/lua-state.js";
import { fitsInteger, MAX_DEPTH, markAsList, pushValue } from "../lua/push-value.js";
import type { LuaValue } from "../model.js";
import { TextError } from "./text-error.js";

/** Of values that one document becomes: what an alias stands for is there each time. */
const MAX_VALUES = 4_000_000;

/**
 * What parsing has given, ready for {@link pushParsed}: integers beyond 64 bits are floats.
 * @throws {TextError} where it is nested too deeply, or too much because of its aliases
 */
export function checkParsed(value: unknown, depth = 0, count = { values: 0 }): void {
  if (++count.values > MAX_VALUES) throw new TextError("its aliases stand for too many values");
  if (typeof value !== "object" || value === null) return;
  if (depth >= MAX_DEPTH) throw new TextError(`it is nested deeper than ${MAX_DEPTH} levels`);
  for (const item of Object.values(value)) checkParsed(item, depth + 1, count);
}

/** Pushes what {@link checkParsed} has passed. */
export function pushParsed(
  lua: LuaState,
  value: unknown,
  options: { thread: LuaThread; keepNull: boolean; inList?: boolean },
): void {
  const { thread, keepNull, inList } = options;
  const { api } = lua;
  if (value === null && (keepNull || inList)) pushNull(lua, thread);
  else if (typeof value === "bigint") pushInteger(lua, thread, value);
  else if (typeof value !== "object" || value === null) pushValue(lua, thread, value as LuaValue);
  else if (Array.isArray(value)) {
    api._lua_createtable(thread, value.length, 0);
    if (value.length === 0) markAsList(lua, thread);
    value.forEach((item, index) => {
      pushParsed(lua, item, { thread, keepNull, inList: true });
      api._lua_rawseti(thread, -2, BigInt(index + 1));
    });
  } else {
    api._lua_createtable(thread, 0, 0);
    for (const [key, item] of Object.entries(value)) {
      pushBytes(lua, thread, Buffer.from(key));
      pushParsed(lua, item, { thread, keepNull });
      api._lua_rawset(thread, -3);
    }
  }
}

function pushInteger(lua: LuaState, thread: LuaThread, value: bigint): void {
  if (fitsInteger(value)) lua.api._lua_pushinteger(thread, value);
  else lua.api._lua_pushnumber(thread, Number(value));
}
