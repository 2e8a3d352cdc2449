import type { LuaValue } from "@sloth/dsl";
import { type Attempt, type FunctionCall, ownUmask, type TaskResult } from "@sloth/runtime";
import type { TaskInfo } from "../events/run-event.js";
import type { PlannedGroup } from "../plan/plan-run.js";
import type { ConditionContext } from "./conditions.js";
import { followAttempt } from "./follow-attempt.js";

type GroupField = Extract<FunctionCall, { args: unknown }>["field"];

/**
 * Calls a function of a group on the master, in the group's directory, and tells how that ended; `undefined` where the
 * group has none.
 */
export async function callGroupFunction(
  group: PlannedGroup,
  { field, args, directory }: { field: GroupField; args: readonly LuaValue[]; directory: string },
  { plan, here: runner, emit, signal }: ConditionContext,
): Promise<TaskResult | undefined> {
  const at = group.functions[field];
  if (!at) return undefined;
  const task: TaskInfo = { group: group.name, name: field, dependsOn: [], at };
  const attempt: Attempt = {
    runId: plan.runId,
    group: group.name,
    task: field,
    number: 1,
    command: { kind: "lua", at },
    calls: { field, args },
    workflow: plan.source,
    workspace: directory,
    workdir: "",
    params: {},
    deps: {},
    env: group.env,
    umask: ownUmask(),
    graceMs: plan.graceMs,
  };
  const startedAt = performance.now();
  const result = await followAttempt(attempt, { runner, emit, signal, task, isSilent: true });
  const end = { task, durationMs: performance.now() - startedAt, result };
  const isFatal = field === "on_start" && result.status !== "succeeded";
  await emit(isFatal ? { type: "task-finished", attempt: 1, ...end } : { type: "function-finished", ...end });
  return result;
}
