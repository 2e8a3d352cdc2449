import type { Host } from "./host.js";
import type { LoadContext } from "./load-context.js";
import type { FunctionAddress, GroupFunction, LuaTable, LuaValue } from "./model.js";

/** A Lua state in which a workflow has been loaded again, so that its functions can be called. */
export interface TaskState {
  /**
   * Calls a function of a task and reads what it says:
   * - `command(params, deps, ctx)`: `success, message, outputs`.
   * - `pre_exec(params, deps, ctx)` and `post_exec(params, output, ctx)`: true, else it has failed, with a message.
   * - `run_if(params, deps)` and `abort_if(params, deps)`: a boolean, which is the outcome's `outputs`.
   * - `on_success(params, output, ctx)` and `on_failure(params, output, ctx)`: what they return does not matter.
   * In the fluent form all of them get `this` first, and no `ctx`.
   *
   * Blocks until the function returns. Never throws for what the script does: an error, or a first value of a command
   * that is not a boolean, is a failed outcome that says so. `task_name`, `group_name` and `workdir` are added to
   * `params`.
   *
   * @throws what the host has thrown, where it was not a `HostError`: no `pcall` of the script sees it, and
   * later calls of this state fail.
   */
  call(address: FunctionAddress, args: CallArguments): CommandOutcome;
  /**
   * Calls a function of a group, with its arguments: `on_start()`, `on_complete(success, results)` and
   * `clean_workdir_after_run(result)`, which returns a boolean. As {@link call}.
   */
  callGroup(address: { group: string; field: GroupFunction }, args: readonly LuaValue[]): CommandOutcome;
  /**
   * Whether the thread is as it was before the state was opened, once it is closed: no error has passed through it,
   * and it has not grown beyond 64 MiB, which only the end of the thread gives back at once.
   */
  readonly isClean: boolean;
  /** Frees the state, and closes the files that it has open. Calling it twice is harmless. */
  close(): void;
}

export interface CallArguments {
  params: LuaTable;
  /** The second argument: `deps`, or `output`. */
  deps: LuaTable;
  ctx: TaskContext;
}

/** What a function learns of itself as `ctx`. */
export interface TaskContext {
  name: string;
  group: string;
  workdir: string;
  agent?: string;
  attempt: number;
  runId: string;
}

export interface CommandOutcome {
  success: boolean;
  message?: string;
  /** The third value, where it is a table or any other value. */
  outputs?: LuaValue;
  /** Lua traceback where an error ended the call. */
  traceback?: string;
  /** Where `os.exit` ended the call: the task ends with it, and later calls of this state fail. */
  exitCode?: number;
}

/** What is loaded, to call its functions. */
export interface WorkflowStateOptions {
  /** `encodeBundle` of the workflow. */
  bundle: Uint8Array;
  /** The workflow file inside the bundle. */
  file: string;
  context: LoadContext;
  /** Compared after loading. @throws {DslError} MODEL_MISMATCH when it differs, naming both. */
  modelHash: string;
  /**
   * Cap of all memory that Lua has, in bytes, for loading and for the calls; below 2 MiB it is that. It costs
   * no speed: it is looked at only when memory grows. Default: 512 MiB.
   */
  memoryLimitBytes?: number;
}

export interface TaskStateOptions extends WorkflowStateOptions {
  host: Host;
}
