/** Runs one attempt of one task on this machine. Does not schedule, synchronise or know of gRPC. */
export type {
  Attempt,
  ChangeCounts,
  TaskEvent,
  TaskResult,
  TaskRunner,
  TaskStatus,
  WorkflowSource,
} from "./task-runner.js";
