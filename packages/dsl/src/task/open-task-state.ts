import type { TaskState, TaskStateOptions } from "../task-state.js";
import { openWorkflowState } from "./workflow-state.js";

/**
 * Loads a workflow again in a fresh state, so that its functions can be called against a host.
 *
 * What the file logs and prints while it is loaded is dropped: whoever loaded it first has seen it.
 *
 * @throws {DslError} BUNDLE_INVALID, MODEL_MISMATCH, and what `loadWorkflow` throws.
 */
export async function openTaskState({ host, ...options }: TaskStateOptions): Promise<TaskState> {
  return (await openWorkflowState(options)).openTask(host);
}
