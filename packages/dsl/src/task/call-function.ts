import { ExitRequest } from "../library/exit-request.js";
import type { EvaluatedWorkflow } from "../load/evaluate-workflow.js";
import { callProtected, type LuaFailure } from "../lua/call-protected.js";
import { type LuaState, pushGlobal, pushReference } from "../lua/lua-state.js";
import { pushValue } from "../lua/push-value.js";
import { NotDataError, readValue } from "../lua/read-value.js";
import type { FunctionAddress, FunctionField, LuaTable, LuaValue, Task, Workflow } from "../model.js";
import type { CallArguments, CommandOutcome, TaskContext } from "../task-state.js";
import { contextTable } from "./context-table.js";

/** See `TaskState.call`. */
export function callFunction(
  { lua, workflow, functions }: EvaluatedWorkflow,
  address: FunctionAddress,
  args: CallArguments,
  memoryLimitBytes: number | undefined,
): CommandOutcome {
  const command = functions.get(address.group)?.tasks.get(address.task)?.get(address.field);
  if (!command)
    return failed(
      `Group "${address.group}" has no task "${address.task}" whose ${address.field} is a function`,
    );
  if (lua.broken) return failed("An earlier call has left the Lua state unusable");
  lua.api._lua_settop(lua.main, 0);
  lua.limitMemory(undefined);
  pushReference(lua, command.reference);
  const form = formOf(workflow, address);
  if (form === "fluent") pushThis(lua, args.ctx);
  pushValue(lua, lua.main, withInjectedParams(args));
  pushValue(lua, lua.main, args.deps);
  if (form === undefined) pushValue(lua, lua.main, contextTable(args.ctx));
  lua.limitMemory(memoryLimitBytes);
  try {
    const failure = callProtected(lua, 3, 3);
    if (failure) return failedBy(failure, memoryLimitBytes);
  } catch (error) {
    if (error instanceof ExitRequest) return exited(error);
    throw error;
  }
  return READ[address.field](lua, address.field);
}

function formOf({ groups }: Workflow, { group, task }: FunctionAddress): Task["form"] {
  return groups.find(({ name }) => name === group)?.tasks.find(({ name }) => name === task)?.form;
}

/** The context with `workdir` and `agent` as what `get()` and `tostring` give (prelude.ts). */
function pushThis(lua: LuaState, ctx: TaskContext): void {
  pushGlobal(lua, "@this");
  pushValue(lua, lua.main, contextTable(ctx));
  const failure = callProtected(lua, 1, 1);
  if (failure) throw new Error(failure.message);
}

function withInjectedParams({ params, ctx }: CallArguments): LuaTable {
  const injected = { task_name: ctx.name, group_name: ctx.group, workdir: ctx.workdir };
  return Object.assign(Object.create(null), params, injected);
}

const READ: Record<FunctionField, (lua: LuaState, field: string) => CommandOutcome> = {
  command: readOutcome,
  pre_exec: readVerdict,
  post_exec: readVerdict,
  run_if: readVerdict,
  abort_if: readVerdict,
  on_success: () => ({ success: true }),
  on_failure: () => ({ success: true }),
};

/** Reads `true`, or `false, message`. */
function readVerdict(lua: LuaState, field: string): CommandOutcome {
  try {
    const first = readValue(lua, lua.main, 1, "the first result");
    if (first === true) return { success: true };
    const message = readValue(lua, lua.main, 2, "the message");
    if (first === false) return failed(message === null ? "it returned false" : readable(message));
    const got = first === null ? "nothing" : readable(first);
    return failed(`${field} must return true or false; it returned ${got}`);
  } catch (error) {
    if (error instanceof NotDataError) return failed(`it returned what is not data: ${error.message}`);
    throw error;
  }
}

/** Reads `success, message, outputs` from the three slots of the results. */
function readOutcome(lua: LuaState): CommandOutcome {
  const read = (index: number, path: string): LuaValue => readValue(lua, lua.main, index, path);
  try {
    const success = read(1, "the first result");
    if (typeof success !== "boolean") return failed(notBoolean(success));
    const message = read(2, "the message");
    const outputs = read(3, "outputs");
    return {
      success,
      ...(message !== null && { message: readable(message) }),
      ...(outputs !== null && { outputs }),
    };
  } catch (error) {
    if (error instanceof NotDataError)
      return failed(`The function returned what is not data: ${error.message}`);
    throw error;
  }
}

function notBoolean(value: LuaValue): string {
  const got = value === null ? "nothing" : readable(value);
  return `The first value that a command function returns must be true or false; it returned ${got}`;
}

function exited({ exitCode, message }: ExitRequest): CommandOutcome {
  return exitCode === 0 ? { success: true, exitCode } : { success: false, exitCode, message };
}

function failedBy(failure: LuaFailure, memoryLimitBytes: number | undefined): CommandOutcome {
  const limit = memoryLimitBytes === undefined ? "" : ` (the limit is ${memoryLimitBytes} bytes)`;
  const message = failure.kind === "memory" ? failure.message + limit : failure.message;
  return failed(message, failure.traceback);
}

function failed(message: string, traceback?: string): CommandOutcome {
  return { success: false, message, ...(traceback && { traceback }) };
}

/** Any value as a message for a person. */
function readable(value: LuaValue): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item));
}
