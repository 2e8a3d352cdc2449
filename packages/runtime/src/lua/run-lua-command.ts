import { rm } from "node:fs/promises";
import type { Worker } from "node:worker_threads";
import type { AttemptScope } from "../attempt/attempt-scope.js";
import type { Delegate } from "../delegate.js";
import { temporaryPath } from "../reaper/temporary-path.js";
import type { TaskResult, WorkflowSource } from "../task-runner.js";
import { LuaSession } from "./lua-session.js";
import type { LuaJob, TaskOutcome } from "./worker-messages.js";
import type { LuaWorkerPool } from "./worker-pool.js";

/** How long Lua code may go on after the attempt has been stopped, for its own tidying up. */
const LUA_GRACE_MS = 200;

export interface LuaCommandOptions {
  pool: LuaWorkerPool;
  memoryLimitBytes: number;
  delegate?: Delegate;
  /** How the task has ended already, where only `on_failure` is to be called. */
  ended?: TaskResult;
}

/** Calls the functions of a task in a worker of its own. Processes that it leaves are the caller's to end. */
export async function runLuaCommand(scope: AttemptScope, options: LuaCommandOptions): Promise<TaskResult> {
  const { workflow } = scope.attempt;
  if (!workflow) return { status: "failed", message: "The workflow of this Lua task was not given" };
  const worker = await options.pool.take();
  const temporaryDirectory = temporaryPath("lua") + scope.tree.mark.id.slice(0, 16);
  try {
    return await callInWorker(scope, { worker, workflow, temporaryDirectory, ...options });
  } finally {
    // What cannot be removed, because a process still writes there or a directory is read-only, is left in
    // the system's temporary directory: it does not change how the task ended.
    await rm(temporaryDirectory, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}

interface WorkerCall extends LuaCommandOptions {
  worker: Worker;
  workflow: WorkflowSource;
  temporaryDirectory: string;
}

async function callInWorker(scope: AttemptScope, call: WorkerCall): Promise<TaskResult> {
  const { signal } = scope.stop;
  const session = new LuaSession(scope, call.worker, call.delegate);
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    session.failPendingCalls();
    timer = setTimeout(() => session.giveUp(signal.reason), Math.min(scope.attempt.graceMs, LUA_GRACE_MS));
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) return signal.reason;
    session.start(jobOf(scope, call));
    return await session.result;
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(timer);
    call.pool.giveBack(call.worker, await session.close());
  }
}

function jobOf(
  { attempt, directory, environment, policy }: AttemptScope,
  call: WorkerCall,
): Omit<LuaJob, "answers" | "shared"> {
  const { group, task, number, runId, params, deps, umask, command, hooks = [], agent, calls } = attempt;
  const { memoryLimitBytes, ended } = call;
  return {
    source: call.workflow,
    address: { group, task },
    command,
    hooks,
    ...(calls && { calls }),
    args: {
      params,
      deps,
      ctx: { name: task, group, workdir: directory, attempt: number, runId, ...(agent && { agent }) },
    },
    environment,
    confinedTo: policy && attempt.workspace,
    umask,
    delegates: call.delegate !== undefined,
    temporaryDirectory: call.temporaryDirectory,
    memoryLimitBytes,
    ...(ended && { ended: failureOf(ended) }),
  };
}

function failureOf({ message, exitCode, signal }: TaskResult): TaskOutcome {
  return {
    success: false,
    ...(message !== undefined && { message }),
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
  };
}
