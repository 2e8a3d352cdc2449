import { ExitRequest } from "../library/exit-request.js";
import type { HiddenValues } from "../library/hidden-values.js";
import type { EvaluatedWorkflow } from "../load/evaluate-workflow.js";
import { callProtected, type LuaFailure } from "../lua/call-protected.js";
import { type LuaState, pushReference } from "../lua/lua-state.js";
import { nameMemoryLimit } from "../lua/memory-limit.js";
import { pushValue } from "../lua/push-value.js";
import type {
  FunctionAddress,
  FunctionField,
  GroupFunction,
  LuaTable,
  LuaValue,
  Task,
  Workflow,
} from "../model.js";
import type { CallArguments, CommandOutcome, TaskContext } from "../task-state.js";
import { contextTable } from "./context-table.js";
import { failed, failedBy, readOutcome } from "./read-outcome.js";

/** See `TaskState.call`. */
export function callFunction(
  evaluated: EvaluatedWorkflow,
  address: FunctionAddress,
  args: CallArguments,
  memoryLimitBytes: number,
): CommandOutcome {
  const { hidden, workflow, functions } = evaluated;
  const { group, task, field } = address;
  const command = functions.get(group)?.tasks.get(task)?.get(field);
  if (!command) return failed(`Group "${group}" has no task "${task}" whose ${field} is a function`);
  const form = formOf(workflow, address);
  return callReference(evaluated, command.reference, { field, memoryLimitBytes }, (lua) => {
    if (form === "fluent") {
      const failure = pushThis(lua, hidden, args.ctx);
      if (failure) return failure;
    }
    pushValue(lua, lua.main, withInjectedParams(args));
    pushValue(lua, lua.main, args.deps);
    if (form === undefined) pushValue(lua, lua.main, contextTable(args.ctx));
    return 3;
  });
}

/** See `TaskState.callGroup`. */
export function callGroupFunction(
  evaluated: EvaluatedWorkflow,
  { group, field }: { group: string; field: GroupFunction },
  args: readonly LuaValue[],
  memoryLimitBytes: number,
): CommandOutcome {
  const found = evaluated.functions.get(group)?.functions.get(field);
  if (!found) return failed(`Group "${group}" has no function ${field}`);
  return callReference(evaluated, found.reference, { field, memoryLimitBytes }, (lua) => {
    for (const arg of args) pushValue(lua, lua.main, arg);
    return args.length;
  });
}

/** Calls a function with what `push` has put on the stack, of which it gives the number. */
function callReference(
  { lua }: EvaluatedWorkflow,
  reference: number,
  { field, memoryLimitBytes }: { field: FunctionField | GroupFunction; memoryLimitBytes: number },
  push: (lua: LuaState) => number | LuaFailure,
): CommandOutcome {
  if (lua.broken) return failed("An earlier call has left the Lua state unusable");
  lua.api._lua_settop(lua.main, 0);
  pushReference(lua, reference);
  const count = push(lua);
  if (typeof count !== "number") return failedBy(count);
  lua.limitMemory(memoryLimitBytes);
  try {
    const failure = callProtected(lua, count, 3);
    if (failure) return failedBy(nameMemoryLimit(failure, memoryLimitBytes));
  } catch (error) {
    if (error instanceof ExitRequest) return exited(error);
    throw error;
  } finally {
    // What is done from here runs outside of a protected call, where running out of memory ends the state.
    lua.limitMemory(undefined);
  }
  return readOutcome(lua, field);
}

function formOf({ groups }: Workflow, { group, task }: FunctionAddress): Task["form"] {
  return groups.find(({ name }) => name === group)?.tasks.find(({ name }) => name === task)?.form;
}

/** The context with `workdir` and `agent` as what `get()` and `tostring` give (prelude.ts). */
function pushThis(lua: LuaState, hidden: HiddenValues, ctx: TaskContext): LuaFailure | undefined {
  pushReference(lua, hidden.fluentThis);
  pushValue(lua, lua.main, contextTable(ctx));
  return callProtected(lua, 1, 1);
}

function withInjectedParams({ params, ctx }: CallArguments): LuaTable {
  const injected = { task_name: ctx.name, group_name: ctx.group, workdir: ctx.workdir };
  return Object.assign(Object.create(null), params, injected);
}

function exited({ exitCode, message }: ExitRequest): CommandOutcome {
  return exitCode === 0 ? { success: true, exitCode } : { success: false, exitCode, message };
}
