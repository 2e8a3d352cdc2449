import { type LuaTable, TASK_HOOKS } from "@sloth/dsl";
import { type Attempt, ownUmask } from "@sloth/runtime";
import type { PlannedTask, RunPlan } from "../plan/plan-run.js";

/** The attempt at a task with this number, which counts from 1. */
export function makeAttempt(
  planned: PlannedTask,
  deps: LuaTable,
  { number, plan }: { number: number; plan: RunPlan },
): Attempt {
  const { task, group, workspace, workdir } = planned;
  return {
    runId: plan.runId,
    group,
    task: task.name,
    number,
    command: task.command,
    hooks: TASK_HOOKS.filter((hook) => task.hooks?.[hook]),
    workflow: plan.source,
    workspace,
    workdir,
    params: task.params,
    deps,
    env: planned.env,
    umask: ownUmask(),
    timeoutMs: task.timeoutMs,
    graceMs: plan.graceMs,
  };
}
