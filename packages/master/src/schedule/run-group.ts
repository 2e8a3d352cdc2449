import { setMaxListeners } from "node:events";
import type { LuaTable } from "@sloth/dsl";
import type { TaskResult, TaskRunner } from "@sloth/runtime";
import type { PlannedGroup, PlannedTask, RunPlan } from "../plan/plan-run.js";
import { decide, type TaskState } from "./ready-tasks.js";
import { runAttempts } from "./run-attempts.js";
import type { RunEventSink } from "./run-event.js";

export interface GroupContext {
  plan: RunPlan;
  /** The runner for a task: local, or of its agent. */
  runnerFor(task: PlannedTask): TaskRunner;
  emit: RunEventSink;
  signal: AbortSignal;
  /** How many tasks run here at once. */
  jobs: number;
  /** Go on with what does not depend on a failure. */
  keepGoing: boolean;
}

/** How each task of the group ended; skipped ones are absent. */
export type GroupResults = Map<string, TaskResult>;

/** How many tasks may wait at one agent, beyond those that run there. */
const PENDING_PER_AGENT = 64;

/**
 * Runs the tasks of one group, independent ones at the same time. When a runner breaks, the others are
 * stopped before its error is thrown.
 */
export async function runGroup(group: PlannedGroup, context: GroupContext): Promise<GroupResults> {
  const broken = new AbortController();
  const signal = AbortSignal.any([context.signal, broken.signal]);
  // Every running task listens.
  setMaxListeners(0, signal);
  const states = new Map<string, TaskState>(group.tasks.map(({ task }) => [task.name, "waiting"]));
  const results: GroupResults = new Map();
  const running = new Map<PlannedTask, Promise<void>>();
  const nodes = group.tasks.map((planned) => ({ ...planned.task, planned }));

  async function run(planned: PlannedTask): Promise<void> {
    try {
      const runner = context.runnerFor(planned);
      const result = await runAttempts(planned, outputsOf(planned, results), { ...context, runner, signal });
      results.set(planned.task.name, result);
      states.set(planned.task.name, result.status === "succeeded" ? "succeeded" : "failed");
    } finally {
      running.delete(planned);
    }
  }

  async function stopAll(error: unknown): Promise<never> {
    broken.abort(error);
    await Promise.allSettled(running.values());
    throw error;
  }

  for (;;) {
    const failed = [...states.values()].includes("failed");
    const halted = signal.aborted || (failed && !context.keepGoing);
    const { ready, skip } = decide(nodes, states, halted);
    for (const { planned } of skip) {
      states.set(planned.task.name, "skipped");
      await context.emit({ type: "task-skipped", task: planned });
    }
    for (const { planned } of ready) {
      if (!hasRoom(planned, running, context.jobs)) continue;
      states.set(planned.task.name, "running");
      running.set(planned, run(planned));
    }
    if (running.size > 0) await Promise.race(running.values()).catch(stopAll);
    else if (skip.length === 0) return results;
  }
}

function hasRoom(planned: PlannedTask, running: ReadonlyMap<PlannedTask, unknown>, jobs: number): boolean {
  const place = planned.target?.label;
  let beside = 0;
  for (const other of running.keys()) if (other.target?.label === place) beside++;
  return beside < (place === undefined ? jobs : PENDING_PER_AGENT);
}

function outputsOf(planned: PlannedTask, results: GroupResults): LuaTable {
  const deps: LuaTable = Object.create(null);
  for (const name of planned.task.dependsOn) deps[name] = results.get(name)?.outputs ?? null;
  return deps;
}
