import {
  keepReference,
  type LuaState,
  pop,
  pushBytes,
  pushGlobal,
  pushReference,
  setGlobal,
} from "../lua/lua-state.js";

/**
 * What the host needs of the library after a script has run, as references: whatever the script makes of its
 * globals, these are what they were.
 */
export interface HiddenValues {
  /** Makes of a context what functions of the fluent form get first (prelude.ts). */
  fluentThis: number;
  /** The list that `workflow.define` adds to. */
  workflows: number;
  randomSeed: number;
}

const WORKFLOWS = "@workflows";

/** Takes them out of the globals. Comes before the script. */
export function hideValues(lua: LuaState): HiddenValues {
  return {
    fluentThis: takeGlobal(lua, "@this"),
    workflows: takeGlobal(lua, WORKFLOWS),
    randomSeed: keepField(lua, "math", "randomseed"),
  };
}

/** Gives the list back to the globals, where it is read after the script. */
export function showWorkflows(lua: LuaState, { workflows }: HiddenValues): void {
  pushReference(lua, workflows);
  setGlobal(lua, WORKFLOWS);
}

function takeGlobal(lua: LuaState, name: string): number {
  pushGlobal(lua, name);
  const reference = keepReference(lua, lua.main);
  lua.api._lua_pushnil(lua.main);
  setGlobal(lua, name);
  return reference;
}

function keepField(lua: LuaState, table: string, field: string): number {
  pushGlobal(lua, table);
  pushBytes(lua, lua.main, Buffer.from(field));
  lua.api._lua_rawget(lua.main, -2);
  const reference = keepReference(lua, lua.main);
  pop(lua, lua.main, 1);
  return reference;
}
