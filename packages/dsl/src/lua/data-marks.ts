import { type LuaThread, REGISTRY_INDEX } from "./lua-api.js";
import { keepReference, type LuaState } from "./lua-state.js";

/** What Lua's own values cannot say: the value that stands for null, and the metatable of tables that are lists even when empty. */
interface DataMarks {
  null: Mark;
  list: Mark;
}

interface Mark {
  reference: number;
  /** It is not moved, and kept for as long as the state lives. */
  address: number;
}

const marks = new WeakMap<LuaState, DataMarks>();

/** Makes the marks of a state, that of null with an empty metatable. */
export function installDataMarks(lua: LuaState): void {
  const { api, main } = lua;
  api._lua_createtable(main, 0, 0);
  const list = keep(lua);
  api._lua_newuserdatauv(main, 0, 0);
  api._lua_createtable(main, 0, 3);
  api._lua_setmetatable(main, -2);
  marks.set(lua, { list, null: keep(lua) });
}

/** Keeps the value on top of the stack, and pops it. */
function keep(lua: LuaState): Mark {
  const address = lua.api._lua_topointer(lua.main, -1);
  return { reference: keepReference(lua, lua.main), address };
}

export function pushNull(lua: LuaState, thread: LuaThread): void {
  push(lua, thread, marks.get(lua)?.null);
}

export function isNull(lua: LuaState, thread: LuaThread, index: number): boolean {
  return lua.api._lua_topointer(thread, index) === marks.get(lua)?.null.address;
}

/** Pushes the metatable of tables that are lists. */
export function pushListMark(lua: LuaState, thread: LuaThread): void {
  push(lua, thread, marks.get(lua)?.list);
}

export function isListMark(lua: LuaState, thread: LuaThread, index: number): boolean {
  return lua.api._lua_topointer(thread, index) === marks.get(lua)?.list.address;
}

function push(lua: LuaState, thread: LuaThread, mark: Mark | undefined): void {
  if (!mark) throw new Error("The state has no data marks");
  lua.api._lua_rawgeti(thread, REGISTRY_INDEX, BigInt(mark.reference));
}
