import type { LuaTable } from "@sloth/dsl";
import type { TaskResult, TaskRunner } from "@sloth/runtime";
import type { ArtifactStore } from "../artifacts/artifact-store.js";
import type { PlannedTask } from "../plan/plan-run.js";
import { type ConditionContext, evaluateCondition } from "./conditions.js";
import { type AttemptsContext, runAttempts } from "./run-attempts.js";
import type { Outcome } from "./schedule.js";
import { TimeLimit } from "./time-limit.js";

export interface TaskContext extends Omit<AttemptsContext, "runner">, ConditionContext {
  /** The runner for a task: local, or of its agent. */
  runnerFor(task: PlannedTask): TaskRunner;
  artifacts: ArtifactStore;
  /** Ends the run: a task's `abort_if` holds. */
  abort(): void;
}

/** How a task ended; without a result where its `run_if` did not hold. */
export interface TaskEnd {
  outcome: Outcome;
  result?: TaskResult;
}

/**
 * Runs a task from its conditions to its artifacts, and tells how it ended:
 *
 * 1. `abort_if`: where it holds, the task has failed and the run is ended.
 * 2. `run_if`: where it does not hold, the task is left out.
 * 3. What it consumes is brought in.
 * 4. Its attempts.
 * 5. Its artifacts are saved after a success.
 */
export async function runTask(planned: PlannedTask, deps: LuaTable, context: TaskContext): Promise<TaskEnd> {
  const { emit, signal } = context;
  const task = planned.info;
  const startedAt = performance.now();
  const { number, result } = await performTask(planned, deps, context);
  if (result === "left-out") {
    await emit({ type: "task-skipped", task, why: "condition" });
    return { outcome: "left-out" };
  }
  const ended = limited(result, signal);
  const durationMs = performance.now() - startedAt;
  await emit({ type: "task-finished", task, attempt: number, durationMs, result: ended });
  return { outcome: outcomeOf(ended), result: ended };
}

async function performTask(
  planned: PlannedTask,
  deps: LuaTable,
  context: TaskContext,
): Promise<{ number: number; result: TaskResult | "left-out" }> {
  // What has begun was asked, and given what it consumes, in the run that this one takes up.
  const before = planned.underway ? true : await mayRun(planned, deps, context);
  if (before !== true) return { number: 1, result: before };
  const brought = planned.underway ? undefined : await context.artifacts.bringIn(planned);
  if (brought) return { number: 1, result: { status: "failed", message: brought } };
  const runner = context.runnerFor(planned);
  const last = await runAttempts(planned, deps, { ...context, runner });
  if (last.result.status !== "succeeded") return last;
  const problem = await context.artifacts.save(planned);
  return problem ? { ...last, result: { ...last.result, status: "failed", message: problem } } : last;
}

async function mayRun(
  planned: PlannedTask,
  deps: LuaTable,
  context: TaskContext,
): Promise<true | "left-out" | TaskResult> {
  const aborts = await evaluateCondition("abort_if", planned, deps, context);
  if (typeof aborts === "object") return aborts;
  if (aborts) {
    context.abort();
    return { status: "failed", message: "abort_if holds, so the run is ended" };
  }
  const runs = await evaluateCondition("run_if", planned, deps, context);
  if (typeof runs === "object") return runs;
  return runs === false ? "left-out" : true;
}

/** What a time limit beyond the task's own has cancelled has exceeded it. */
function limited(result: TaskResult, signal: AbortSignal): TaskResult {
  if (result.status !== "cancelled" || !(signal.reason instanceof TimeLimit)) return result;
  return { ...result, status: "timed-out", message: signal.reason.message };
}

function outcomeOf({ status }: TaskResult): Outcome {
  if (status === "succeeded" || status === "cancelled") return status;
  return "failed";
}
