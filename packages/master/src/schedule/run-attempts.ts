import { setTimeout as sleep } from "node:timers/promises";
import type { LuaTable } from "@sloth/dsl";
import type { Attempt, TaskResult, TaskRunner } from "@sloth/runtime";
import type { RunEventSink } from "../events/run-event.js";
import type { PlannedTask, RunPlan } from "../plan/plan-run.js";
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

/** Runs a task up to its number of attempts and tells how the last one ended. */
export async function runAttempts(
  planned: PlannedTask,
  deps: LuaTable,
  context: AttemptsContext,
): Promise<TaskResult> {
  const { emit, signal } = context;
  for (let number = 1; ; number++) {
    const startedAt = performance.now();
    const result = await runAttempt(
      makeAttempt(planned, deps, { number, plan: context.plan }),
      planned,
      context,
    );
    const again = number <= planned.task.retries && isWorthRetrying(result) && !signal.aborted;
    if (!again) {
      const durationMs = performance.now() - startedAt;
      await emit({ type: "task-finished", task: planned.info, attempt: number, durationMs, result });
      return result;
    }
    const delayMs = retryDelayMs(planned.task, number);
    await emit({ type: "task-retrying", task: planned.info, attempt: number, delayMs, result });
    context.rooms.leave(context.place);
    // A cancelled wait goes on to an attempt that ends at once as cancelled.
    await sleep(delayMs, undefined, { signal }).catch(() => {});
    await context.rooms.wait(context.place);
  }
}

/** What was cancelled is not wanted; what was lost may have finished, so it is not started again by itself. */
function isWorthRetrying({ status }: TaskResult): boolean {
  return status === "failed" || status === "timed-out";
}

async function runAttempt(
  attempt: Attempt,
  planned: PlannedTask,
  context: AttemptsContext,
): Promise<TaskResult> {
  const { runner, emit, signal } = context;
  for await (const event of runner.run(attempt, { signal })) {
    switch (event.type) {
      case "queued":
        await emit({ type: "task-queued", task: planned.info, position: event.position });
        break;
      case "started":
        await emit({ type: "task-started", task: planned.info, attempt: attempt.number });
        break;
      case "output":
        await emit({ type: "task-output", task: planned.info, stream: event.stream, bytes: event.bytes });
        break;
      case "log":
        await emit({ type: "task-log", task: planned.info, record: event.record });
        break;
      case "result":
        return event.result;
    }
  }
  throw new Error(`The runner of task "${planned.task.name}" ended without a result.`);
}
