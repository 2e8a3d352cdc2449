import { type LuaThread, TYPE } from "../lua/lua-api.js";
import { copyIn, keepReference, type LuaState, pop, pushGlobal, viewHeap } from "../lua/lua-state.js";
import { readValueWith } from "../lua/read-value.js";
import type { SourcePosition } from "../model.js";
import { RawFunction, type RawValue, Unreadable } from "./raw-model.js";

/** The names of the global table of groups. The last is what the two-word form is read as. */
export const GROUP_TABLE_NAMES = ["TaskDefinitions", "ModernDSLs", "Modern_DSLs"] as const;

/** The global tables of groups that a workflow has set. */
export function readDefinitions(lua: LuaState): { name: string; groups: RawValue }[] {
  const describe = functionReader(lua);
  const found: { name: string; groups: RawValue; address: number }[] = [];
  for (const name of GROUP_TABLE_NAMES) {
    pushGlobal(lua, name);
    const address = lua.api._lua_topointer(lua.main, -1);
    const groups = readValueWith<RawFunction | Unreadable>(lua, lua.main, -1, {
      path: name,
      substitute: (problem, path, { thread, index }) =>
        describe(thread, index) ?? new Unreadable(problem, path),
    });
    pop(lua, lua.main, 1);
    // The aliases may name one table.
    const known = address !== 0 && found.some((other) => other.address === address);
    if (groups !== null && !known) found.push({ name, groups, address });
  }
  return found;
}

/** The groups that were made by `workflow.define`, in order (prelude.ts). */
export function readFluentGroups(lua: LuaState): RawValue[] {
  const describe = functionReader(lua);
  pushGlobal(lua, "@workflows");
  const groups = readValueWith<RawFunction | Unreadable>(lua, lua.main, -1, {
    path: "workflow",
    substitute: (problem, path, { thread, index }) =>
      describe(thread, index) ?? new Unreadable(problem, path),
  });
  pop(lua, lua.main, 1);
  return Array.isArray(groups) ? groups : [];
}

/** Offsets in `lua_Debug` (lua.h of 5.4, pointers of 32 bits). */
const SOURCE_OFFSET = 16;
const SOURCE_LENGTH_OFFSET = 20;
const LINE_DEFINED_OFFSET = 28;

/** Describes the function at an index, or gives `undefined` when there is none. */
function functionReader(lua: LuaState): (thread: LuaThread, index: number) => RawFunction | undefined {
  const { api } = lua;
  const what = copyIn(lua, Buffer.from(">S"));
  const files = new Map<number, string>();
  return (thread, index) => {
    if (api._lua_type(thread, index) !== TYPE.function) return undefined;
    api._lua_pushvalue(thread, index);
    const reference = keepReference(lua, thread);
    api._lua_pushvalue(thread, index);
    api._lua_getinfo(thread, what, lua.scratch);
    return new RawFunction(readPosition(lua, files), reference);
  };
}

/** From the record that `lua_getinfo` has filled; `files` keeps the names of chunks by their address. */
function readPosition(lua: LuaState, files: Map<number, string>): SourcePosition | undefined {
  const heap = viewHeap(lua);
  const line = heap.readInt32LE(lua.scratch + LINE_DEFINED_OFFSET);
  const start = heap.readUInt32LE(lua.scratch + SOURCE_OFFSET);
  const size = heap.readUInt32LE(lua.scratch + SOURCE_LENGTH_OFFSET);
  if (line < 0 || heap[start] !== AT_SIGN) return undefined;
  const file = files.get(start) ?? heap.toString("utf8", start + 1, start + size);
  files.set(start, file);
  return { file, line };
}

/** What the names of chunks that come from files start with. */
const AT_SIGN = 0x40;
