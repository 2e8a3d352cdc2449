import type { LuaFailure } from "../lua/call-protected.js";
import { cutText } from "../lua/cut-text.js";
import { TYPE } from "../lua/lua-api.js";
import { type LuaState, viewBytes } from "../lua/lua-state.js";
import { NotDataError, readValue } from "../lua/read-value.js";
import type { FunctionField, GroupFunction, LuaValue } from "../model.js";
import type { CommandOutcome } from "../task-state.js";

/** Outputs travel in one message. */
const MAX_OUTPUT_BYTES = 3 * 1024 * 1024;

/** A message is a text for a person; one that is a table need not be larger. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Reads what a function has returned, which lies in the first three slots of the stack. */
export function readOutcome(lua: LuaState, field: FunctionField | GroupFunction): CommandOutcome {
  try {
    return READ[field](lua, field);
  } catch (error) {
    if (!(error instanceof NotDataError)) throw error;
    return failed(`${field} returned what is not data: ${error.message}`);
  }
}

export function failedBy({ message, traceback }: LuaFailure): CommandOutcome {
  return failed(message, traceback);
}

export function failed(message: string, traceback?: string): CommandOutcome {
  return { success: false, message, ...(traceback && { traceback }) };
}

const READ: Record<FunctionField | GroupFunction, (lua: LuaState, field: string) => CommandOutcome> = {
  command: readResults,
  pre_exec: readVerdict,
  post_exec: readVerdict,
  run_if: readCondition,
  abort_if: readCondition,
  clean_workdir_after_run: readCondition,
  on_start: () => ({ success: true }),
  on_complete: () => ({ success: true }),
  on_success: () => ({ success: true }),
  on_failure: () => ({ success: true }),
};

/** Reads `true`, or `false, message`. */
function readVerdict(lua: LuaState, field: string): CommandOutcome {
  const first = readFirst(lua);
  if (first === true) return { success: true };
  if (first === false) return failed(readText(lua, 2, "the message") ?? "it returned false");
  return failed(`${field} must return true or false; it returned ${first}`);
}

/** Reads a boolean, which is the outcome's `outputs`: that a condition does not hold is no failure. */
function readCondition(lua: LuaState, field: string): CommandOutcome {
  const first = readFirst(lua);
  if (typeof first === "boolean") return { success: true, outputs: first };
  return failed(`${field} must return true or false; it returned ${first}`);
}

/** Reads `success, message, outputs`. */
function readResults(lua: LuaState): CommandOutcome {
  const success = readFirst(lua);
  if (typeof success !== "boolean")
    return failed(
      `The first value that a command function returns must be true or false; it returned ${success}`,
    );
  const message = readText(lua, 2, "the message");
  const outputs = readValue(lua, lua.main, 3, "outputs", MAX_OUTPUT_BYTES);
  return {
    success,
    ...(message !== undefined && { message }),
    ...(outputs !== null && { outputs }),
  };
}

/** The first result, or what it is instead of a boolean. */
function readFirst(lua: LuaState): boolean | string {
  if (lua.api._lua_type(lua.main, 1) === TYPE.boolean) return lua.api._lua_toboolean(lua.main, 1) !== 0;
  return readText(lua, 1, "the first result") ?? "nothing";
}

/** Any value as a text for a person; undefined for nil. */
function readText(lua: LuaState, index: number, path: string): string | undefined {
  const bytes = viewBytes(lua, lua.main, index);
  if (bytes) return cutText(bytes);
  const value = readValue(lua, lua.main, index, path, MAX_MESSAGE_BYTES);
  return value === null ? undefined : asText(value);
}

function asText(value: LuaValue): string {
  if (typeof value !== "object" || value === null) return String(value);
  const json = JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item));
  return cutText(Buffer.from(json));
}
