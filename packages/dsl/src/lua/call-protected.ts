import { cutText, MAX_TEXT_BYTES } from "./cut-text.js";
import { type LuaThread, STATUS } from "./lua-api.js";
import {
  copyIn,
  keepReference,
  type LuaState,
  OutOfMemoryError,
  pop,
  pushReference,
  viewBytes,
} from "./lua-state.js";
import { readValue } from "./read-value.js";

/** Why a chunk could not be loaded or a call did not return. */
export interface LuaFailure {
  kind: "syntax" | "runtime" | "memory";
  message: string;
  traceback?: string;
}

/** What a host function throws to end the call at once: no `pcall` of the script can catch it. */
export class CallAborted extends Error {
  override name = "CallAborted";
  constructor(override readonly cause: unknown) {
    super("A host function ended the call");
  }
}

/** Chunk name of our own Lua code; its frames are left out of tracebacks. */
export const INTERNAL_CHUNK = "=[sloth]";

/** References to the message handler, by state. */
const handlers = new WeakMap<LuaState, number>();

/**
 * Runs inside Lua, where the stack of the error still stands. It makes a message of any error value:
 * `error({code = 5})` reads `{code = 5}`. What is long is cut here, as `cutText` does, before it leaves Lua.
 */
const HANDLER = `
local traceback, format, sort, concat = debug.traceback, string.format, table.sort, table.concat
local tostring, type, next, getmetatable, pcall = tostring, type, next, getmetatable, pcall
local sub = string.sub

local function cut(text)
  if #text <= ${MAX_TEXT_BYTES} then return text end
  return format("%s… (%d bytes in all)", sub(text, 1, ${MAX_TEXT_BYTES}), #text)
end

local function describe(value)
  if type(value) == "string" then return value end
  if value == nil then return "an error without a message: error(nil)" end
  local meta = getmetatable(value)
  if type(value) ~= "table" or (type(meta) == "table" and meta.__tostring) then return tostring(value) end
  local parts = {}
  for key, item in next, value do
    if #parts == 20 then parts[21] = "..." break end
    parts[#parts + 1] = format(type(item) == "string" and "%s = %q" or "%s = %s", tostring(key), tostring(item))
  end
  sort(parts)
  return "{" .. concat(parts, ", ") .. "}"
end

return function(value)
  local ok, message = pcall(describe, value)
  if not ok then message = "an error object of type " .. type(value) end
  return { message = cut(message), traceback = cut(traceback("", 2)) }
end
`;

/** Must come before the first {@link callProtected}, while the stock `debug` is still there. */
export function installErrorHandler(lua: LuaState): void {
  const failure = loadChunk(lua, Buffer.from(HANDLER), INTERNAL_CHUNK);
  if (failure) throw new Error(failure.message);
  lua.api._lua_pcallk(lua.main, 0, 1, 0, 0, 0);
  handlers.set(lua, keepReference(lua, lua.main));
}

/** Pushes the function that makes `{ message, traceback }` of an error value, for code that catches errors itself. */
export function pushErrorHandler(lua: LuaState): void {
  pushReference(lua, handlers.get(lua) ?? 0);
}

/** Compiles source text (never bytecode) and pushes the function. `name` as Lua wants it: `@file` or `=name`. */
export function loadChunk(lua: LuaState, source: Uint8Array, name: string): LuaFailure | undefined {
  const pointers = [source, Buffer.from(name), Buffer.from("t")].map((bytes) => copyIn(lua, bytes));
  const [code = 0, chunk = 0, mode = 0] = pointers;
  const status = lua.api._luaL_loadbufferx(lua.main, code, source.length, chunk, mode);
  for (const pointer of pointers) lua.api._free(pointer);
  return status === STATUS.ok ? undefined : takeFailure(lua, status);
}

/**
 * Calls the function that lies below its arguments on the stack, as `lua_pcall` does.
 *
 * @returns a failure, with the stack as if the call had returned nothing; or `undefined`.
 * @throws what a host function threw, when that was not meant for the script. The state is broken then.
 */
export function callProtected(
  lua: LuaState,
  argumentCount: number,
  resultCount: number,
): LuaFailure | undefined {
  const { api, main } = lua;
  const base = api._lua_gettop(main) - argumentCount;
  pushErrorHandler(lua);
  api._lua_rotate(main, base, 1);
  try {
    const status = api._lua_pcallk(main, argumentCount, resultCount, base, 0, 0);
    const failure = status === STATUS.ok ? undefined : takeFailure(lua, status);
    api._lua_rotate(main, base, -1);
    pop(lua, main, 1);
    return failure;
  } catch (error) {
    lua.broken = true;
    return explainCrash(error);
  }
}

/** The machine's own limits are the script's fault; everything else is not, and is thrown on. */
function explainCrash(error: unknown): LuaFailure {
  if (error instanceof CallAborted) throw error.cause;
  if (error instanceof RangeError) return { kind: "runtime", message: "stack overflow" };
  // A trap of WebAssembly, which has no name in the types of Node: an allocation that nobody checks failed.
  const trapped = error instanceof Error && error.name === "RuntimeError";
  if (trapped || error instanceof OutOfMemoryError) return { kind: "memory", message: "not enough memory" };
  throw error;
}

function takeFailure(lua: LuaState, status: number): LuaFailure {
  const failure = describeFailure(lua, lua.main, status);
  pop(lua, lua.main, 1);
  return failure;
}

function describeFailure(lua: LuaState, thread: LuaThread, status: number): LuaFailure {
  if (status === STATUS.memory) return { kind: "memory", message: "not enough memory" };
  const bytes = viewBytes(lua, thread, -1);
  const text = bytes && cutText(bytes);
  if (status === STATUS.syntax) return { kind: "syntax", message: text ?? "syntax error" };
  if (text !== undefined) return { kind: "runtime", message: text };
  const caught = readValue(lua, thread, -1, "error") as { message: unknown; traceback: unknown };
  return {
    kind: "runtime",
    message: asText(caught.message),
    traceback: trimTraceback(asText(caught.traceback)),
  };
}

/** Leaves out our own frames, and the host's at the bottom. */
function trimTraceback(traceback: string): string {
  const own = `\t${INTERNAL_CHUNK.slice(1)}:`;
  return traceback
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(own) && line !== "\t[C]: in ?")
    .join("\n");
}

function asText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : String(value);
}
