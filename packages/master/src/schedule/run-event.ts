import type { LogRecord } from "@sloth/dsl";
import type { TaskResult } from "@sloth/runtime";
import type { PlannedTask, RunPlan } from "../plan/plan-run.js";
import type { SkipReason } from "./schedule.js";

/** What happens in a run, in order. A view renders these and computes nothing else. */
export type RunEvent =
  | { type: "run-started"; plan: RunPlan }
  | { type: "group-started"; name: string; description?: string }
  | { type: "task-queued"; task: PlannedTask; position: number }
  | { type: "task-started"; task: PlannedTask; attempt: number }
  | { type: "task-output"; task: PlannedTask; stream: "stdout" | "stderr"; bytes: Uint8Array }
  | { type: "task-log"; task: PlannedTask; record: LogRecord }
  /** The attempt failed, and another follows after `delayMs`. */
  | { type: "task-retrying"; task: PlannedTask; attempt: number; delayMs: number; result: TaskResult }
  | { type: "task-finished"; task: PlannedTask; attempt: number; durationMs: number; result: TaskResult }
  | { type: "task-skipped"; task: PlannedTask; why: SkipReason }
  | { type: "run-finished"; summary: RunSummary };

export interface RunSummary {
  succeeded: number;
  failed: number;
  /** Failed because of the infrastructure, with `failed` not counting them. */
  lost: number;
  cancelled: number;
  skipped: number;
  durationMs: number;
}

/** Takes events one after the other; the run waits for it, so a slow view slows the tasks. */
export type RunEventSink = (event: RunEvent) => void | Promise<void>;
