import type { Attempt, TaskEvent, TaskResult, TaskRunner } from "@sloth/runtime";
import type { AgentSelection } from "../inventory/selection.js";
import type { Place, Placements } from "../placement/placements.js";
import { AgentLost } from "./agent-lost.js";
import {
  CANCELLED_BEFORE,
  type RemoteTaskRunnerOptions,
  resultOfFailure,
  runOnAgent,
  unlessAborted,
} from "./remote-task-runner.js";

export interface PlacedTaskRunnerOptions extends Omit<RemoteTaskRunnerOptions, "target"> {
  placements: Placements;
  /** Of the task that the runner is for. */
  selection: AgentSelection;
}

/**
 * Runs the attempts of one task each on an agent that is chosen for it, and remembers where it has failed:
 *
 * 1. The attempt gets a place at an agent.
 * 2. It runs there. An agent that is lost before the task has started is left out, and the attempt begins again.
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
  const { target, address } = place;
  try {
    yield { type: "placed", agent: target.label };
    for await (const event of runOnAgent(attempt, signal, { ...options, target })) {
      if (event.type === "started") place.noteHeld();
      if (event.type === "result") noteFailure(options.failures, address, event.result);
      yield event;
    }
    return true;
  } catch (error) {
    if (!(error instanceof AgentLost && error.isBeforeStart) || signal.aborted) {
      noteFailure(options.failures, address, resultOfFailure(error));
      throw error;
    }
    place.leaveOut(error);
    return false;
  } finally {
    place.leave();
  }
}

function noteFailure(failures: Map<string, number>, address: string, { status }: TaskResult): void {
  if (status === "succeeded" || status === "cancelled") return;
  failures.set(address, (failures.get(address) ?? 0) + 1);
}
