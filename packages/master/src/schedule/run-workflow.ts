import type { TaskResult } from "@sloth/runtime";
import type { RunSummary } from "../events/run-event.js";
import type { RunPlan } from "../plan/plan-run.js";
import { type GroupContext, runGroup } from "./run-group.js";

/**
 * Runs a plan to its end, its groups one after the other. After a failure no further group starts unless
 * the run keeps going. The last event is `run-finished`.
 */
export async function runWorkflow(plan: RunPlan, context: Omit<GroupContext, "plan">): Promise<RunSummary> {
  const startedAt = performance.now();
  const counts: Record<TaskResult["status"], number> = {
    succeeded: 0,
    failed: 0,
    "timed-out": 0,
    cancelled: 0,
    lost: 0,
  };
  let planned = 0;
  await context.emit({ type: "run-started", run: plan.info });
  for (const group of plan.groups) {
    planned += group.tasks.length;
    const broken = counts.failed + counts["timed-out"] + counts.lost > 0;
    if (context.signal.aborted || (broken && !context.keepGoing)) continue;
    await context.emit({ type: "group-started", name: group.name, description: group.description });
    for (const { status } of (await runGroup(group, { ...context, plan })).values()) counts[status]++;
  }
  const summary = summarise(counts, planned, performance.now() - startedAt);
  await context.emit({ type: "run-finished", summary });
  return summary;
}

function summarise(
  counts: Record<TaskResult["status"], number>,
  planned: number,
  durationMs: number,
): RunSummary {
  const { succeeded, lost, cancelled } = counts;
  const failed = counts.failed + counts["timed-out"];
  const skipped = planned - succeeded - failed - lost - cancelled;
  return { succeeded, failed, lost, cancelled, skipped, durationMs };
}
