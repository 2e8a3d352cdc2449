import type { TaskRequest } from "@sloth/dsl";
import type { Attempt, TaskRunner } from "./task-runner.js";

/**
 * Decides where a task runs that a Lua function of `parent` delegates, and what its attempt is.
 *
 * @throws an error whose message says why it cannot be delegated; the function gets it as the task's failure
 */
export type Delegate = (
  request: TaskRequest,
  parent: Attempt,
) => Promise<{ runner: TaskRunner; attempt: Attempt }>;
