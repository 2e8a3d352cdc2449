import { StartFailure } from "../process/launch.js";
import { refuseCommand, refuseVariables, type TaskPolicy } from "./task-policy.js";

/** A process that a task is about to start. */
export interface WantedProcess {
  script: string;
  /** That was named for it. Absent: the usual one. */
  shell?: string | undefined;
  /** Variables of its own, beside those of the task. */
  env?: Readonly<Record<string, string>> | undefined;
}

/** @throws {StartFailure} which says what this machine allows */
export function requireAllowed(
  policy: TaskPolicy | undefined,
  { script, shell, env = {} }: WantedProcess,
): void {
  if (!policy) return;
  const refusal = refuseVariables(policy, Object.keys(env)) ?? refuseCommand(policy, script, shell);
  if (refusal !== undefined) throw new StartFailure(refusal);
}
