import { type CommandOutcome, isLuaTable, type LuaTable, type TaskHook, type TaskState } from "@sloth/dsl";
import type { FunctionCall } from "../task-runner.js";
import type { LuaJob, TaskOutcome } from "./worker-messages.js";

/** What running a task needs besides its job. */
interface Surroundings {
  state: TaskState;
  /** Runs a command of the shell. */
  runShell(script: string): TaskOutcome;
  warn(message: string): void;
}

/**
 * Calls what a task consists of, in one Lua state:
 *
 * 1. `pre_exec`; unless it returns true the task has failed and the command does not run.
 * 2. The command.
 * 3. `post_exec` after a success; unless it returns true the task has failed after all.
 * 4. `on_success` or `on_failure`. Whatever they do, the task has ended as it has; their errors are warnings.
 *
 * `os.exit` in one of the first three ends the task there and then: no Lua code can run after it.
 */
export function runWithHooks(job: LuaJob, { state, runShell, warn }: Surroundings): TaskOutcome {
  const { address, args, command, hooks } = job;
  const call = (field: TaskHook | "command", second: LuaTable) =>
    state.call({ ...address, field }, { ...args, deps: second });
  const callIfThere = (field: TaskHook, second: LuaTable): CommandOutcome =>
    hooks.includes(field) ? call(field, second) : { success: true };

  let outcome: TaskOutcome = blamed("pre_exec", callIfThere("pre_exec", args.deps));
  if (hasExited(outcome)) return outcome;
  if (outcome.success) {
    const isShell = command.kind === "shell";
    outcome = isShell ? runShell(command.script) : call("command", args.deps);
    if (!isShell && hasExited(outcome)) return outcome;
    if (outcome.success) {
      const after = blamed("post_exec", callIfThere("post_exec", outputOf(outcome)));
      if (!after.success) outcome = { ...outcome, ...after };
      if (hasExited(after)) return outcome;
    }
  }
  const last = outcome.success ? "on_success" : "on_failure";
  const told = callIfThere(last, outputOf(outcome));
  if (!told.success) warn(`${last}: ${told.message}`);
  return outcome;
}

function hasExited({ exitCode }: CommandOutcome): boolean {
  return exitCode !== undefined;
}

/** Calls `on_failure` alone, of a task that has ended before; says whether it returned. */
export function tellFailure({ address, args }: LuaJob, ended: TaskOutcome, state: TaskState): CommandOutcome {
  return state.call({ ...address, field: "on_failure" }, { ...args, deps: outputOf(ended) });
}

/** Calls one function that is not part of running the task. */
export function callAlone({ address, args }: LuaJob, call: FunctionCall, state: TaskState): CommandOutcome {
  if ("args" in call) return state.callGroup({ group: address.group, field: call.field }, call.args);
  return state.call({ ...address, field: call.field }, args);
}

function blamed(hook: TaskHook, outcome: CommandOutcome): CommandOutcome {
  return outcome.success ? outcome : { ...outcome, message: `${hook}: ${outcome.message}` };
}

/** What hooks get as `output`: the outputs of a command that gave a table; of others, and of failures, how it ended. */
function outputOf({ success, message, outputs, exitCode, signal }: TaskOutcome): LuaTable {
  if (success && isLuaTable(outputs)) return outputs;
  const ended: LuaTable = { exit_code: exitCode ?? null, signal: signal ?? null };
  return success ? { ...ended, value: outputs ?? null } : { ...ended, error: message ?? null };
}
