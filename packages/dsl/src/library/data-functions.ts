import { JsonReader } from "../data/json-reader.js";
import { parseYaml } from "../data/parse-yaml.js";
import { checkParsed, pushParsed } from "../data/push-yaml.js";
import { TextError } from "../data/text-error.js";
import { writeJson } from "../data/write-json.js";
import { writeYaml } from "../data/write-yaml.js";
import { HostError } from "../host.js";
import type { LuaThread } from "../lua/lua-api.js";
import { type LuaState, pushBytes } from "../lua/lua-state.js";
import { NotDataError } from "../lua/read-value.js";
import { CallOptions } from "./call-options.js";
import type { Arguments, HostFunction, PushResults } from "./host-function.js";

/** Of a value that is written as JSON: more than what crosses the border may have. */
const MAX_WRITTEN_BYTES = 256 * 1024 * 1024;

/** `data.*`. It needs no host, so it works while a workflow is loaded too. */
export const dataFunctions: Record<string, HostFunction> = {
  "data.parse_json": (args) => {
    const keepNull = readKeepNull("data.parse_json", args);
    return (lua, thread) => pushJson(lua, thread, keepNull);
  },
  "data.parse_yaml": (args) => {
    const keepNull = readKeepNull("data.parse_yaml", args);
    const parsed = handled(() => {
      const value = parseYaml(args.bytes(1));
      checkParsed(value);
      return value;
    });
    return pushing((lua, thread) => pushParsed(lua, parsed, { thread, keepNull }));
  },
  "data.to_json": (args) => {
    const indent = readIndent(args);
    return handled(() => [writeJson(args.value(1, "value", MAX_WRITTEN_BYTES), indent)]);
  },
  "data.to_yaml": (args) => handled(() => [writeYaml(args.value(1, "value"))]),
};

function pushing(push: (lua: LuaState, thread: LuaThread) => void): PushResults {
  return (lua, thread) => {
    lua.api._lua_pushboolean(thread, 1);
    push(lua, thread);
    return 2;
  };
}

/** Its argument is the first on the stack. */
function pushJson(lua: LuaState, thread: LuaThread, keepNull: boolean): number {
  const top = lua.api._lua_gettop(thread);
  try {
    lua.api._lua_pushboolean(thread, 1);
    new JsonReader(lua, { thread, index: 1, keepNull }).push();
  } catch (error) {
    // Where Lua is out of memory it leaves by an exception of its own.
    if (!(error instanceof TextError)) throw error;
    lua.api._lua_settop(thread, top);
    lua.api._lua_pushnil(thread);
    pushBytes(lua, thread, Buffer.from(error.message));
  }
  return 2;
}

/** What is wrong with the data is the script's to handle, not its mistake. */
function handled<T>(operate: () => T): T {
  try {
    return operate();
  } catch (error) {
    if (error instanceof TextError || error instanceof NotDataError) throw new HostError(error.message);
    throw error;
  }
}

function readKeepNull(name: string, args: Arguments): boolean {
  return new CallOptions(name, args.value(2, "options"), ["keep_null"]).flag("keep_null") ?? false;
}

/** Spaces for each level; more than 16 are hardly meant. */
function readIndent(args: Arguments): number {
  const options = new CallOptions("data.to_json", args.value(2, "options"), ["indent"]);
  const indent = options.value("indent") ?? 0;
  if (typeof indent === "number" && Number.isInteger(indent) && indent >= 0 && indent <= 16) return indent;
  throw options.mistake("indent must be a whole number from 0 to 16");
}
