import type { Attempt } from "../task-runner.js";

/** The environment of a task's processes, but for their mark: what this process has, what the task adds, and who the task is. */
export function taskEnvironment(
  attempt: Pick<Attempt, "env" | "runId" | "group" | "task">,
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return {
    ...inherited,
    ...attempt.env,
    SLOTH_RUN_ID: attempt.runId,
    SLOTH_GROUP: attempt.group,
    SLOTH_TASK: attempt.task,
  };
}
