import type { TaskResult } from "@sloth/runtime";
import type { RunSummary } from "../events/run-event.js";
import type { PlannedGroup, RunPlan } from "../plan/plan-run.js";
import type { GroupContext } from "./run-group.js";
import { runWholeGroup } from "./run-whole-group.js";
import { timeLimit } from "./time-limit.js";

export interface RunContext extends Omit<GroupContext, "plan" | "abort"> {
  /** Called when it was told what the run consists of, and before anything of it begins. */
  onBegun?: () => Promise<void>;
  /** Time limit of the whole run in milliseconds. Default: none. */
  timeoutMs?: number | undefined;
}

/**
 * Runs a plan to its end, its groups one after the other. After a failure no further group starts unless
 * the run keeps going. The last event is `run-finished`.
 */
export async function runWorkflow(plan: RunPlan, context: RunContext): Promise<RunSummary> {
  const startedAt = performance.now();
  const limit = timeLimit("run", context.timeoutMs);
  const aborted = new AbortController();
  const signal = AbortSignal.any([context.signal, limit.signal, aborted.signal]);
  const counts = new Counts();
  await context.emit({ type: "run-started", run: plan.info });
  try {
    const abort = () => aborted.abort(new Error("a task's abort_if holds"));
    for (const group of plan.groups) counts.addEarlier(await tellEarlier(group, context));
    await context.onBegun?.();
    for (const group of plan.groups) {
      if (group.tasks.length === 0 && group.earlier.length > 0) continue;
      counts.planned += group.tasks.length;
      if (signal.aborted || (counts.isBroken && !context.keepGoing)) {
        for (const { info: task } of group.tasks) {
          await context.emit({ type: "task-skipped", task, why: signal.aborted ? "cancelled" : "halted" });
        }
        continue;
      }
      const { tasks, start } = await runWholeGroup(group, { ...context, plan, signal, abort });
      for (const { task } of group.tasks) counts.add(tasks.get(task.name)?.status);
      // It is no task, so it is counted on both sides.
      if (start) counts.planned += counts.add(start.status);
    }
  } finally {
    limit.end();
  }
  const ended = whyEnded({ interrupted: context.signal, "timed-out": limit.signal, aborted: aborted.signal });
  const summary = { ...counts.summary(), durationMs: performance.now() - startedAt, ...(ended && { ended }) };
  await context.emit({ type: "run-finished", summary });
  return summary;
}

/** Tells of what does not run since an earlier run has settled it; gives how many were skipped and how many reused. */
async function tellEarlier(
  { earlier }: PlannedGroup,
  { emit }: RunContext,
): Promise<{ skipped: number; reused: number }> {
  const told = { skipped: 0, reused: 0 };
  for (const task of earlier) {
    if ("result" in task) {
      told.reused += 1;
      await emit({ type: "task-reused", task: task.info, from: task.from, result: task.result });
    } else {
      told.skipped += 1;
      await emit({ type: "task-skipped", task: task.info, why: task.why });
    }
  }
  return told;
}

function whyEnded(
  signals: Record<NonNullable<RunSummary["ended"]>, AbortSignal>,
): RunSummary["ended"] | undefined {
  const reasons = ["interrupted", "timed-out", "aborted"] as const;
  return reasons.find((reason) => signals[reason].aborted);
}

class Counts {
  planned = 0;
  #reused = 0;
  readonly #ended: Record<TaskResult["status"], number> = {
    succeeded: 0,
    failed: 0,
    "timed-out": 0,
    cancelled: 0,
    lost: 0,
  };

  /** @param status - undefined for what was skipped */
  add(status: TaskResult["status"] | undefined): number {
    if (status === undefined) return 0;
    this.#ended[status] += 1;
    return 1;
  }

  addEarlier({ skipped, reused }: { skipped: number; reused: number }): void {
    this.planned += skipped;
    this.#reused += reused;
  }

  get isBroken(): boolean {
    return this.#ended.failed + this.#ended["timed-out"] + this.#ended.lost > 0;
  }

  summary(): Omit<RunSummary, "durationMs" | "ended"> {
    const { succeeded, lost, cancelled } = this.#ended;
    const failed = this.#ended.failed + this.#ended["timed-out"];
    return {
      succeeded,
      failed,
      lost,
      cancelled,
      skipped: this.planned - succeeded - failed - lost - cancelled,
      ...(this.#reused > 0 && { reused: this.#reused }),
    };
  }
}
