import { DEFAULT_MEMORY_LIMIT_BYTES } from "@sloth/dsl";
import { type AttemptRun, runAttempt } from "./attempt/run-attempt.js";
import type { CommandRunner } from "./attempt/run-in-tree.js";
import { AttemptStop, CANCELLED } from "./attempt/stop-cause.js";
import type { Delegate } from "./delegate.js";
import { type LuaCommandOptions, runLuaCommand } from "./lua/run-lua-command.js";
import { LuaWorkerPool } from "./lua/worker-pool.js";
import { EventQueue } from "./output/event-queue.js";
import type { TaskPolicy } from "./policy/task-policy.js";
import { RuntimeError } from "./runtime-error.js";
import { runShellCommand } from "./shell/run-shell-command.js";
import type { Attempt, TaskEvent, TaskRunner } from "./task-runner.js";

/** Runs attempts on this machine. */
export interface LocalTaskRunner extends TaskRunner {
  /** Ends what is kept ready for later attempts. Attempts that run are not touched; `run` may be called again. */
  close(): Promise<void>;
}

export interface LocalTaskRunnerOptions {
  /** How many threads there are for Lua tasks, working or idle, once there has been such a task. Default 1. */
  warmWorkers?: number;
  /** Cap of all memory that Lua has for one task, in bytes. It costs no speed. Default: 512 MiB. */
  luaMemoryLimitBytes?: number | undefined;
  /** What tasks inherit. Default: the environment of this process. */
  environment?: NodeJS.ProcessEnv | undefined;
  /** What tasks may do here. Default: whatever this user may. */
  policy?: TaskPolicy | undefined;
  /** Runs what Lua functions delegate. Absent: they cannot. */
  delegate?: Delegate;
}

/** A {@link TaskRunner} for this machine: the same for the tasks of a master and of an agent. */
export function createLocalTaskRunner(options: LocalTaskRunnerOptions = {}): LocalTaskRunner {
  const { warmWorkers = 1, luaMemoryLimitBytes = DEFAULT_MEMORY_LIMIT_BYTES, delegate } = options;
  const pool = new LuaWorkerPool(warmWorkers);
  const lua: LuaCommandOptions = {
    pool,
    memoryLimitBytes: luaMemoryLimitBytes,
    ...(delegate && { delegate }),
  };
  const runCommand: CommandRunner = (scope) => {
    const { command, hooks = [], calls } = scope.attempt;
    const isShell = command.kind === "shell" && hooks.length === 0 && !calls;
    return isShell ? runShellCommand(scope, command.script) : runLuaCommand(scope, lua);
  };
  const tellFailure: AttemptRun["tellFailure"] = (scope, ended) => runLuaCommand(scope, { ...lua, ended });
  const terms = { environment: options.environment ?? process.env, policy: options.policy };
  return {
    run: (attempt, { signal }) => runLocally(attempt, { signal, runCommand, tellFailure, ...terms }),
    close: () => pool.close(),
  };
}

async function* runLocally(
  attempt: Attempt,
  { signal, ...runs }: { signal: AbortSignal } & Omit<AttemptRun, "events" | "stop">,
): AsyncGenerator<TaskEvent, void, undefined> {
  const events = new EventQueue();
  const stop = new AttemptStop(attempt, signal);
  const finished = runAttempt(attempt, { events, stop, ...runs })
    .then((result) => events.pushNow({ type: "result", result }))
    .then(
      () => events.end(),
      (cause) => events.end(runnerError(attempt, cause)),
    )
    .finally(() => stop.release());
  try {
    yield* events.events();
  } finally {
    stop.stop(CANCELLED);
    events.discard();
    await finished;
  }
}

function runnerError(attempt: Attempt, cause: unknown): RuntimeError {
  if (cause instanceof RuntimeError) return cause;
  return new RuntimeError("RUNNER_BROKEN", `Running task "${attempt.task}" broke: ${cause}`, { cause });
}
