import { callProtected, INTERNAL_CHUNK, loadChunk, pushErrorHandler } from "../lua/call-protected.js";
import { installDataMarks, pushListMark, pushNull } from "../lua/data-marks.js";
import { keepReference, type LuaState, pop, pushBytes, pushReference } from "../lua/lua-state.js";
import { chunkFunctions } from "./chunk-functions.js";
import { CHUNK_LIBRARY } from "./chunk-library.js";
import { dataFunctions } from "./data-functions.js";
import { DATA_LIBRARY } from "./data-library.js";
import { execFunctions } from "./exec-functions.js";
import { EXPORT_LIBRARY, exportFunctions } from "./export-library.js";
import { fileFunctions } from "./file-functions.js";
import { pushHandleMaker } from "./file-handle.js";
import { FLUENT_LIBRARY } from "./fluent-library.js";
import type { HostBinding } from "./host-binding.js";
import { type HostFunction, setHostFunction } from "./host-function.js";
import { httpFunctions } from "./http-functions.js";
import { ioFunctions, standardFiles } from "./io-functions.js";
import { IO_LIBRARY } from "./io-library.js";
import { loadFunctions } from "./load-functions.js";
import { MODULES_LIBRARY } from "./modules-library.js";
import { NET_LIBRARY } from "./net-library.js";
import { OpenFiles } from "./open-files.js";
import { osFunctions, osWaitingFunctions } from "./os-functions.js";
import { OS_LIBRARY } from "./os-library.js";
import { outputFunctions } from "./output-functions.js";
import { PARALLEL_LIBRARY } from "./parallel-library.js";
import { pipeFunctions } from "./pipe-functions.js";
import { PRELUDE } from "./prelude.js";
import { signaturesInLua } from "./reference/signatures.js";
import { taskFunctions } from "./task-functions.js";
import { TaskMemory } from "./task-memory.js";
import { waitingFunctions } from "./waiting-calls.js";

/** In this order: a later one uses what an earlier one has put into `internal`. */
const CHUNKS = [
  PRELUDE,
  FLUENT_LIBRARY,
  MODULES_LIBRARY,
  PARALLEL_LIBRARY,
  IO_LIBRARY,
  OS_LIBRARY,
  CHUNK_LIBRARY,
  DATA_LIBRARY,
  NET_LIBRARY,
  EXPORT_LIBRARY,
];

/** What the library has in JavaScript, beside the state. */
export interface InstalledLibrary {
  files: OpenFiles;
  /** The files, and all else that a task leaves behind. */
  memory: TaskMemory;
}

/**
 * Puts the library into a state, and takes out of it what the language does not have. Each of its chunks is called
 * with `host`, the table of host functions, and `internal`, what the chunks share.
 */
export function installLibrary(lua: LuaState, binding: HostBinding): InstalledLibrary {
  const memory = new TaskMemory();
  const files = memory.add(new OpenFiles(() => standardFiles(binding)));
  const pipes = pipeFunctions(binding, files, memory);
  const host = keepTable(lua, {
    ...outputFunctions(binding),
    ...fileFunctions(binding),
    ...loadFunctions(binding),
    ...ioFunctions(binding, files),
    ...pipes.atOnce,
    ...osFunctions(binding),
    ...chunkFunctions(binding),
    ...dataFunctions,
    ...exportFunctions(binding),
    ...waitingFunctions(binding, memory, {
      ...execFunctions,
      ...taskFunctions,
      ...pipes.waiting,
      ...osWaitingFunctions,
      ...httpFunctions,
    }),
  });
  setField(lua, host, "io.handle", () => pushHandleMaker(lua));
  const internal = keepTable(lua, {});
  installDataMarks(lua);
  setField(lua, internal, "describe_error", () => pushErrorHandler(lua));
  setField(lua, internal, "signatures", () => pushChunkResult(lua, signaturesInLua()));
  setField(lua, internal, "null", () => pushNull(lua, lua.main));
  setField(lua, internal, "list_mark", () => pushListMark(lua, lua.main));
  for (const chunk of CHUNKS) {
    const failure = loadChunk(lua, Buffer.from(chunk), INTERNAL_CHUNK) ?? callWith(lua, [host, internal]);
    if (failure) throw new Error(`The Lua library does not load: ${failure.message}`);
  }
  return { files, memory };
}

/** Sets a field of a table to what `push` puts on the stack. */
function setField(lua: LuaState, table: number, name: string, push: () => void): void {
  pushReference(lua, table);
  pushBytes(lua, lua.main, Buffer.from(name));
  push();
  lua.api._lua_rawset(lua.main, -3);
  pop(lua, lua.main, 1);
}

function pushChunkResult(lua: LuaState, chunk: string): void {
  const failure = loadChunk(lua, Buffer.from(chunk), INTERNAL_CHUNK) ?? callProtected(lua, 0, 1);
  if (failure) throw new Error(failure.message);
}

/** Makes a table of functions; gives its reference. */
function keepTable(lua: LuaState, functions: Record<string, HostFunction>): number {
  lua.api._lua_createtable(lua.main, 0, Object.keys(functions).length);
  for (const [name, body] of Object.entries(functions)) setHostFunction(lua, name, body);
  return keepReference(lua, lua.main);
}

function callWith(lua: LuaState, references: number[]) {
  for (const reference of references) pushReference(lua, reference);
  return callProtected(lua, references.length, 0);
}
