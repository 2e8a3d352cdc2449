/**
 * - `PIPES_UNAVAILABLE`: no pipe for the output of a process could be made.
 * - `WORKER_UNAVAILABLE`: no worker thread for Lua could be started.
 * - `LAUNCHER_LOST`: the process that starts those of tasks has ended; what has become of a task is unknown.
 * - `RUNNER_BROKEN`: anything else that no task can be blamed for; see `cause`.
 */
export type RuntimeErrorCode = "PIPES_UNAVAILABLE" | "WORKER_UNAVAILABLE" | "LAUNCHER_LOST" | "RUNNER_BROKEN";

/** The runner itself broke. A task that fails is a result and never one of these. */
export class RuntimeError extends Error {
  override name = "RuntimeError";
  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
