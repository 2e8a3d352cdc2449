import { describeRpcFailure } from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskResult, TaskRunner } from "@sloth/runtime";
import type { AgentSelection } from "../inventory/selection.js";
import type { Place, Placements } from "../placement/placements.js";
import { AgentLost } from "./agent-lost.js";
import { findAgain } from "./find-again.js";
import { lossTerms, patienceOf } from "./loss-terms.js";
import {
  CANCELLED_BEFORE,
  type RemoteTaskRunnerOptions,
  resultOfFailure,
  runOnAgent,
  unlessAborted,
} from "./remote-task-runner.js";

/** A connection that breaks each time before the task has started breaks perhaps by what is sent. */
const MOST_BEGINNINGS = 5;

export interface PlacedTaskRunnerOptions extends Omit<RemoteTaskRunnerOptions, "target"> {
  placements: Placements;
  /** Of the task that the runner is for. */
  selection: AgentSelection;
}

/**
 * Runs the attempts of one task each on an agent that is chosen for it, and remembers where it has failed:
 *
 * 1. The attempt gets a place at an agent.
 * 2. It runs there. An agent that is lost before the task has started is left out, and the attempt begins again; where
 *    there is no other, it is looked for, and the attempt begins again there.
 * 3. The place is left, however it ended.
 */
export function createPlacedTaskRunner(options: PlacedTaskRunnerOptions): TaskRunner {
  const failures = new Map<string, number>();
  return { run: (attempt, { signal }) => runSomewhere(attempt, signal, { ...options, failures }) };
}

interface SomewhereOptions extends PlacedTaskRunnerOptions {
  /** By address. */
  failures: Map<string, number>;
}

async function* runSomewhere(
  attempt: Attempt,
  signal: AbortSignal,
  options: SomewhereOptions,
): AsyncGenerator<TaskEvent> {
  const sinceMs = performance.now();
  try {
    for (;;) {
      const place = await enter(attempt, signal, { ...options, sinceMs });
      if (!place) return yield { type: "result", result: CANCELLED_BEFORE };
      if (yield* runAt(place, attempt, signal, options)) return;
    }
  } catch (error) {
    yield { type: "result", result: resultOfFailure(error) };
  }
}

async function enter(
  attempt: Attempt,
  signal: AbortSignal,
  { workspaces, placements, selection, failures, sinceMs }: SomewhereOptions & { sinceMs: number },
): Promise<Place | undefined> {
  if (signal.aborted) return undefined;
  const workspace = await unlessAborted(workspaces.open(attempt.workspace), signal);
  return workspace && placements.enter({ selection, workspace, failures, sinceMs, signal });
}

/** @returns false when the agent was lost before the task had started */
async function* runAt(
  place: Place,
  attempt: Attempt,
  signal: AbortSignal,
  options: SomewhereOptions,
): AsyncGenerator<TaskEvent, boolean> {
  const { target } = place;
  try {
    yield { type: "placed", agent: target.label };
    for (let begun = 1; ; begun++) {
      const lost = yield* runOnce(place, attempt, signal, options);
      if (!lost) return true;
      if (!place.isOnly || begun === MOST_BEGINNINGS || !(yield* isBack(lost, attempt, signal, options))) {
        place.leaveOut(lost);
        return false;
      }
    }
  } finally {
    place.leave();
  }
}

/** @returns what the agent was lost by, where the task had not started and is still wanted */
async function* runOnce(
  place: Place,
  attempt: Attempt,
  signal: AbortSignal,
  options: SomewhereOptions,
): AsyncGenerator<TaskEvent, AgentLost | undefined> {
  const { target, address } = place;
  try {
    for await (const event of runOnAgent(attempt, signal, { ...options, target })) {
      if (event.type === "started") place.noteHeld();
      if (event.type === "result") noteFailure(options.failures, address, event.result);
      yield event;
    }
    return undefined;
  } catch (error) {
    if (error instanceof AgentLost && error.isBeforeStart && !signal.aborted) return error;
    noteFailure(options.failures, address, resultOfFailure(error));
    throw error;
  }
}

/** Whether an agent can be begun at again that was lost while it was spoken to; it is looked for as after a start. */
async function* isBack(
  lost: AgentLost,
  { graceMs }: Attempt,
  signal: AbortSignal,
  { pool, loss = lossTerms() }: SomewhereOptions,
): AsyncGenerator<TaskEvent, boolean> {
  if (describeRpcFailure(lost.cause).kind === "unknown-there") return true;
  if (!lost.broken) return false;
  const message = `${lost.reason}; the task had not started, and begins again once the agent is found`;
  yield { type: "log", by: "sloth", record: { level: "warn", message, fields: undefined } };
  const patienceMs = patienceOf(loss, graceMs);
  try {
    return (await findAgain(lost.broken, { pool, patienceMs, signal })) !== undefined;
  } catch (error) {
    // Started again meanwhile, which is as good.
    if (error instanceof AgentLost) return true;
    throw error;
  }
}

function noteFailure(failures: Map<string, number>, address: string, { status }: TaskResult): void {
  if (status === "succeeded" || status === "cancelled") return;
  failures.set(address, (failures.get(address) ?? 0) + 1);
}
