import { setTimeout as sleep } from "node:timers/promises";
import type { LuaTable } from "@sloth/dsl";
import type { TaskResult, TaskRunner } from "@sloth/runtime";
import type { RunEventSink } from "../events/run-event.js";
import type { PlannedTask, RunPlan } from "../plan/plan-run.js";
import { followAttempt } from "./follow-attempt.js";
import { makeAttempt } from "./make-attempt.js";
import { retryDelayMs } from "./retry-delay.js";
import type { Rooms } from "./rooms.js";

export interface AttemptsContext {
  plan: RunPlan;
  runner: TaskRunner;
  emit: RunEventSink;
  signal: AbortSignal;
  /** The task is in its place; while it waits for a retry it is not. */
  rooms: Rooms;
  place: string;
}

/** How the last attempt of a task ended. */
export interface LastAttempt {
  number: number;
  result: TaskResult;
}

/** Runs a task up to its number of attempts. */
export async function runAttempts(
  planned: PlannedTask,
  deps: LuaTable,
  context: AttemptsContext,
): Promise<LastAttempt> {
  const { emit, signal, plan, rooms, place } = context;
  for (let number = 1; ; number++) {
    const attempt = makeAttempt(planned, deps, { number, plan });
    const result = await followAttempt(attempt, { ...context, task: planned.info });
    const again = number <= planned.task.retries && isWorthRetrying(result) && !signal.aborted;
    if (!again) return { number, result };
    const delayMs = retryDelayMs(planned.task, number);
    await emit({ type: "task-retrying", task: planned.info, attempt: number, delayMs, result });
    rooms.leave(place);
    // A cancelled wait goes on to an attempt that ends at once as cancelled.
    await sleep(delayMs, undefined, { signal }).catch(() => {});
    await rooms.wait(place);
  }
}

/** What was cancelled is not wanted; what was lost may have finished, so it is not started again by itself. */
function isWorthRetrying({ status }: TaskResult): boolean {
  return status === "failed" || status === "timed-out";
}
