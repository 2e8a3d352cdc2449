import { runAttempt } from "./attempt/run-attempt.js";
import { AttemptStop, CANCELLED } from "./attempt/stop-cause.js";
import { EventQueue } from "./output/event-queue.js";
import { RuntimeError } from "./runtime-error.js";
import { runShellCommand } from "./shell/run-shell-command.js";
import type { Attempt, TaskEvent, TaskRunner } from "./task-runner.js";

/** Runs attempts on this machine. */
export interface LocalTaskRunner extends TaskRunner {
  /** Ends what is kept ready for later attempts. Attempts that run are not touched; `run` may be called again. */
  close(): Promise<void>;
}

export interface LocalTaskRunnerOptions {
  /** The agent's name or address that tasks are told as `ctx.agent`. Absent: the master's machine. */
  agent?: string;
}

/** A {@link TaskRunner} for this machine: the same for the tasks of a master and of an agent. */
export function createLocalTaskRunner(_options: LocalTaskRunnerOptions = {}): LocalTaskRunner {
  return {
    run: (attempt, { signal }) => runLocally(attempt, signal),
    close: async () => {},
  };
}

async function* runLocally(
  attempt: Attempt,
  signal: AbortSignal,
): AsyncGenerator<TaskEvent, void, undefined> {
  const events = new EventQueue();
  const stop = new AttemptStop(attempt, signal);
  const finished = runAttempt(attempt, {
    events,
    stop,
    runCommand: (scope) => {
      if (attempt.command.kind === "lua")
        throw new RuntimeError("RUNNER_BROKEN", "Lua commands are not there yet");
      return runShellCommand(scope, attempt.command.script);
    },
  })
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
