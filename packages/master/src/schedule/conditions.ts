import type { LuaTable } from "@sloth/dsl";
import type { Attempt, TaskResult, TaskRunner } from "@sloth/runtime";
import type { RunEventSink } from "../events/run-event.js";
import type { PlannedTask, RunPlan } from "../plan/plan-run.js";
import { followAttempt } from "./follow-attempt.js";
import { makeAttempt } from "./make-attempt.js";

/** The condition that decides whether a task runs, and the one that ends the run. */
const FIELDS = { run_if: "runIf", abort_if: "abortIf" } as const;
export type ConditionField = keyof typeof FIELDS;

export interface ConditionContext {
  plan: RunPlan;
  /** Of the master's machine, since conditions decide what is scheduled. */
  here: TaskRunner;
  emit: RunEventSink;
  signal: AbortSignal;
}

/**
 * Whether a condition holds: a script that exits with 0, or a function that returns true, in the task's working
 * directory, environment and time limit. `undefined` where the task has no such condition; a result where it cannot
 * be said, with which the task has ended.
 */
export async function evaluateCondition(
  field: ConditionField,
  planned: PlannedTask,
  deps: LuaTable,
  context: ConditionContext,
): Promise<boolean | undefined | TaskResult> {
  const condition = planned.task[FIELDS[field]];
  if (!condition) return undefined;
  const plain = makeAttempt(planned, deps, { number: 1, plan: context.plan });
  const attempt: Attempt = {
    ...plain,
    hooks: [],
    command: condition,
    ...(condition.kind === "lua" && { calls: { field } }),
  };
  const { here: runner, emit, signal } = context;
  const result = await followAttempt(attempt, { runner, emit, signal, task: planned.info, isSilent: true });
  if (condition.kind === "lua" && result.status === "succeeded" && typeof result.outputs === "boolean")
    return result.outputs;
  if (condition.kind === "shell" && result.status === "succeeded") return true;
  if (condition.kind === "shell" && result.status === "failed" && result.exitCode !== undefined) return false;
  return { ...result, message: `${field}: ${result.message}` };
}
