import type { EventQueue } from "../output/event-queue.js";
import { refuseVariables, type TaskPolicy } from "../policy/task-policy.js";
import type { Attempt, TaskResult } from "../task-runner.js";
import type { AttemptScope } from "./attempt-scope.js";
import { type CommandRunner, runInTree } from "./run-in-tree.js";
import { AttemptStop } from "./stop-cause.js";
import { taskEnvironment } from "./task-environment.js";
import { resolveWorkingDirectory } from "./working-directory.js";

/** How long `on_failure` may take after a time limit: it has not been counted in. */
const ON_FAILURE_LIMIT_MS = 30_000;

/** What runs, and where it tells of it. */
export interface AttemptRun {
  events: EventQueue;
  stop: AttemptStop;
  runCommand: CommandRunner;
  /** Calls `on_failure` of a task that has ended like this. */
  tellFailure: (scope: AttemptScope, ended: TaskResult) => Promise<TaskResult>;
  /** What its processes inherit. */
  environment: NodeJS.ProcessEnv;
  policy: TaskPolicy | undefined;
}

/**
 * Runs one attempt: `started`, then what the command says, and its result when no process of it is left.
 *
 * 1. The command runs until it ends by itself, or until `stop` is called, which ends the process tree.
 * 2. After a normal end the tree is ended too: background processes that were left.
 * 3. What the pipes still hold is read.
 * 4. Where the time limit has ended it, `on_failure` is called: in a state and a process tree of its own, for
 *    30 s at most. It cannot change the result; its errors are warnings. A cancellation ends it at once.
 */
export async function runAttempt(attempt: Attempt, run: AttemptRun): Promise<TaskResult> {
  const { events, stop, policy } = run;
  const refusal = policy && refuseVariables(policy, Object.keys(attempt.env));
  if (refusal) return { status: "failed", message: refusal };
  const place = await resolveWorkingDirectory(attempt);
  if (stop.cause) return stop.cause;
  if ("problem" in place) return { status: "failed", message: place.problem };
  const environment = taskEnvironment(attempt, run.environment);
  const surroundings = { attempt, directory: place.directory, environment, events, policy };
  events.pushNow({ type: "started" });
  const result = await runInTree({ ...surroundings, stop }, run.runCommand);
  if (result.status === "timed-out" && attempt.hooks?.includes("on_failure"))
    await tellTimeLimit(surroundings, result, run);
  return result;
}

async function tellTimeLimit(
  surroundings: Omit<AttemptScope, "tree" | "outputs" | "stop">,
  ended: TaskResult,
  { events, stop, tellFailure }: AttemptRun,
): Promise<void> {
  const ownStop = new AttemptStop({ timeoutMs: ON_FAILURE_LIMIT_MS }, stop.cancelled);
  try {
    if (ownStop.cause) return;
    const told = await runInTree({ ...surroundings, stop: ownStop }, (scope) => tellFailure(scope, ended));
    if (told.status === "succeeded" || told.status === "cancelled") return;
    events.pushNow({ type: "log", record: { level: "warn", message: `on_failure: ${told.message}` } });
  } finally {
    ownStop.release();
  }
}
