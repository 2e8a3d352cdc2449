/** Address of a `lua_State`: the main one, or that of a coroutine. */
export type LuaThread = number;

/** Return codes of `lua_pcall` and `luaL_loadbufferx`. */
export const STATUS = { ok: 0, runtime: 2, syntax: 3, memory: 4, handler: 5 } as const;

/** What `lua_type` returns. */
export const TYPE = {
  nil: 0,
  boolean: 1,
  lightUserdata: 2,
  number: 3,
  string: 4,
  table: 5,
  function: 6,
  userdata: 7,
  thread: 8,
} as const;

export const TYPE_NAMES = [
  "nil",
  "boolean",
  "userdata",
  "number",
  "string",
  "table",
  "function",
  "userdata",
  "thread",
] as const;

export const REGISTRY_INDEX = -1_001_000;

/**
 * The part of Lua's C API that is used here, as the WebAssembly module exports it: numbers are C integers
 * and pointers, `bigint` is `lua_Integer`. The typed wrappers of wasmoon go through `ccall`, which converts
 * strings by NUL-terminated UTF-8 and costs ten times as much.
 */
export interface LuaApi {
  readonly HEAPU8: Uint8Array;
  addFunction(body: (thread: LuaThread) => number, signature: "ii"): number;
  addFunction(body: (thread: LuaThread, record: number) => void, signature: "vii"): number;
  _malloc(size: number): number;
  _free(pointer: number): void;
  _luaL_openlibs(thread: LuaThread): void;
  _luaL_loadbufferx(thread: LuaThread, bytes: number, size: number, name: number, mode: number): number;
  _luaL_where(thread: LuaThread, level: number): void;
  _luaL_ref(thread: LuaThread, table: number): number;
  _lua_pcallk(
    thread: LuaThread,
    argumentCount: number,
    resultCount: number,
    handler: number,
    context: number,
    continuation: number,
  ): number;
  _lua_gettop(thread: LuaThread): number;
  _lua_settop(thread: LuaThread, index: number): void;
  _lua_absindex(thread: LuaThread, index: number): number;
  _lua_checkstack(thread: LuaThread, slots: number): number;
  _lua_pushvalue(thread: LuaThread, index: number): void;
  _lua_rotate(thread: LuaThread, index: number, count: number): void;
  _lua_type(thread: LuaThread, index: number): number;
  _lua_isinteger(thread: LuaThread, index: number): number;
  _lua_toboolean(thread: LuaThread, index: number): number;
  _lua_tonumberx(thread: LuaThread, index: number, isNumber: number): number;
  _lua_tointegerx(thread: LuaThread, index: number, isNumber: number): bigint;
  _lua_tolstring(thread: LuaThread, index: number, size: number): number;
  _lua_topointer(thread: LuaThread, index: number): number;
  _lua_pushnil(thread: LuaThread): void;
  _lua_pushboolean(thread: LuaThread, value: number): void;
  _lua_pushinteger(thread: LuaThread, value: bigint): void;
  _lua_pushnumber(thread: LuaThread, value: number): void;
  _lua_pushlstring(thread: LuaThread, bytes: number, size: number): number;
  _lua_pushcclosure(thread: LuaThread, body: number, upvalues: number): void;
  _lua_createtable(thread: LuaThread, items: number, fields: number): void;
  _lua_newuserdatauv(thread: LuaThread, size: number, userValues: number): number;
  _lua_setmetatable(thread: LuaThread, index: number): number;
  _lua_rawset(thread: LuaThread, index: number): void;
  _lua_getmetatable(thread: LuaThread, index: number): number;
  _lua_rawget(thread: LuaThread, index: number): number;
  _lua_rawseti(thread: LuaThread, index: number, position: bigint): void;
  _lua_rawgeti(thread: LuaThread, index: number, position: bigint): number;
  _lua_next(thread: LuaThread, index: number): number;
  _lua_sethook(thread: LuaThread, hook: number, mask: number, count: number): void;
  _lua_error(thread: LuaThread): number;
  _lua_getinfo(thread: LuaThread, what: number, record: number): number;
}
