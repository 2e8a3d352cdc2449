/** Runs one attempt of one task on this machine. Does not schedule, synchronise or know of gRPC. */

export { startTimer } from "./attempt/time-limit.js";
export type { Delegate } from "./delegate.js";
export type { LocalTaskRunner, LocalTaskRunnerOptions } from "./local-task-runner.js";
export { createLocalTaskRunner } from "./local-task-runner.js";
export { findMatches, matchesPattern } from "./lua/glob.js";
export type { TaskPolicy } from "./policy/task-policy.js";
export { resumeProcesses, suspendProcesses } from "./process/suspend-processes.js";
export { endRunsOf, nameOfOwnRuns } from "./reaper/predecessor.js";
export type { RuntimeErrorCode } from "./runtime-error.js";
export { RuntimeError } from "./runtime-error.js";
export { ownUmask } from "./shell/own-umask.js";
export type {
  Attempt,
  ChangeCounts,
  FunctionCall,
  TaskEvent,
  TaskResult,
  TaskRunner,
  TaskStatus,
  Transferred,
  TransferStage,
  WorkflowSource,
} from "./task-runner.js";
