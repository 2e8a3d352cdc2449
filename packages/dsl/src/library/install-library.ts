import { callProtected, INTERNAL_CHUNK, loadChunk } from "../lua/call-protected.js";
import type { LuaState } from "../lua/lua-state.js";
import { execFunctions } from "./exec-functions.js";
import { fileFunctions } from "./file-functions.js";
import type { HostBinding } from "./host-binding.js";
import { setHostFunction } from "./host-function.js";
import { loadFunctions } from "./load-functions.js";
import { outputFunctions } from "./output-functions.js";
import { PRELUDE } from "./prelude.js";

/** Puts the library into a state, and takes out of it what the language does not have. */
export function installLibrary(lua: LuaState, binding: HostBinding): void {
  const functions = {
    ...outputFunctions(binding),
    ...execFunctions(binding),
    ...fileFunctions(binding),
    ...loadFunctions(binding),
  };
  const failure = loadChunk(lua, Buffer.from(PRELUDE), INTERNAL_CHUNK) ?? callWith(lua, functions);
  if (failure) throw new Error(`The Lua library does not load: ${failure.message}`);
}

function callWith(lua: LuaState, functions: ReturnType<typeof outputFunctions>) {
  lua.api._lua_createtable(lua.main, 0, Object.keys(functions).length);
  for (const [name, body] of Object.entries(functions)) setHostFunction(lua, name, body);
  return callProtected(lua, 1, 0);
}
