import { setTimeout as sleep } from "node:timers/promises";
import type { LuaTable } from "@sloth/dsl";
import type { TaskResult, TaskRunner } from "@sloth/runtime";
import { missingArtifact } from "../artifacts/missing-artifact.js";
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

/** A task on which agent after agent is lost is perhaps what they are lost by. */
const MOST_LOSSES = 3;

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
  const first = planned.underway?.attempt ?? 1;
  const chances = new Chances(planned, first);
  for (let number = first; ; number++) {
    const attempt = makeAttempt(planned, deps, { number, plan });
    const ended = await followAttempt(attempt, { ...context, task: planned.info });
    const result = withArtifacts(ended, planned);
    if (signal.aborted || !chances.take(result)) return { number, result };
    const delayMs = retryDelayMs(planned.task, number);
    await emit({ type: "task-retrying", task: planned.info, attempt: number, delayMs, result });
    rooms.leave(place);
    // A cancelled wait goes on to an attempt that ends at once as cancelled.
    await sleep(delayMs, undefined, { signal }).catch(() => {});
    await rooms.wait(place);
  }
}

/** A success only when all is there that is to be saved. */
function withArtifacts(result: TaskResult, planned: PlannedTask): TaskResult {
  const message = result.status === "succeeded" ? missingArtifact(planned) : undefined;
  return message === undefined ? result : { ...result, status: "failed", message };
}

/** How often a task may run again: after failures as `retries` says, after losses as `on_agent_lost` does. */
class Chances {
  #afterFailure: number;
  #afterLoss: number;

  /** @param first - the number of the first attempt: those before it were in the run that this one takes up */
  constructor({ task: { retries, onAgentLost }, rerunsUnknown }: PlannedTask, first: number) {
    this.#afterFailure = Math.max(0, retries - (first - 1));
    // By then the lost attempt is dead; without that it may have finished, so it is not started again by itself.
    this.#afterLoss = onAgentLost === "retry" ? MOST_LOSSES : rerunsUnknown ? 1 : 0;
  }

  /** Whether there is one more; what was cancelled is not wanted. */
  take({ status }: TaskResult): boolean {
    if (status === "lost") return this.#afterLoss-- > 0;
    return (status === "failed" || status === "timed-out") && this.#afterFailure-- > 0;
  }
}
