import type { Ended } from "../../support/processes.js";
import type { Ledger } from "./ledger.js";

/** Whether what a run says of each task is true. */
export function judgeEnd(
  { code, stdout, stderr }: Pick<Ended, "code" | "stdout" | "stderr">,
  { ledger, tasks }: { ledger: Ledger; tasks: readonly string[] },
): string[] {
  const results = resultsIn(stdout);
  const violations = tasks.flatMap((task) => {
    const { status = "none", message = "" } = results.get(task) ?? {};
    const facts = `${task}: ${status} (${message}), state ${ledger.stateOf(task)}, starts ${ledger.startsOf(task)}, log ${ledger.logOf(task)}`;
    return judgeTask(status, message, ledger, task).map((what) => `${what} [${facts}; exit ${code}]`);
  });
  if (!ledger.isRestUntouched) violations.push("files that no task changes were changed");
  const isAllDone = tasks.every((task) => results.get(task)?.status === "succeeded");
  const isAnyOvertaken = tasks.some((task) => isOvertaken(results.get(task)?.message ?? ""));
  if (code !== (isAllDone ? 0 : isAnyOvertaken ? 1 : 3))
    violations.push(`exit ${code}: ${stderr.slice(-500)} ${stdout.slice(-500)}`);
  return violations;
}

function judgeTask(status: string, message: string, ledger: Ledger, task: string): string[] {
  const [state, starts, log] = [ledger.stateOf(task), ledger.startsOf(task), ledger.logOf(task)];
  const violations: string[] = [];
  if (state === "neither") violations.push("the tree is half changed");
  if (starts > 1) violations.push(`it began ${starts} times`);
  if (log === "damaged") violations.push("its output is damaged");
  if (status === "succeeded") {
    if (state !== "new") violations.push("it succeeded without its changes");
    if (starts !== 1) violations.push("it succeeded without having begun");
    if (log !== "whole") violations.push("it succeeded with output missing");
  } else if (status === "lost") {
    if (/as it was/.test(message) && state !== "old")
      violations.push("the tree is said to be as it was, and is not");
    if (/had not started/.test(message) && starts > 0)
      violations.push("it is said not to have started, and has");
    const isUnreached = /No agent answers|ended the connection/.test(message);
    if (isUnreached && starts > 0) violations.push("it is said that the agent was not reached, and was");
    if (!isUnreached && !/unknown|had not started|changes are lost/.test(message))
      violations.push("its loss is not explained");
  } else if (!isOvertaken(message) || starts > 0 || state !== "old") violations.push(`it is ${status}`);
  return violations;
}

/** Changes of another task were applied while the workspace was sent for this one. */
function isOvertaken(message: string): boolean {
  return /no longer what the snapshot saw/.test(message);
}

interface TaskResult {
  status: string;
  message?: string;
}

/** Of the tasks in the events of a run, by their names. */
function resultsIn(stdout: string): Map<string, TaskResult> {
  const results = new Map<string, TaskResult>();
  for (const line of stdout.split("\n")) {
    if (/"type":"task-finished"/.test(line)) {
      const { task, result } = JSON.parse(line);
      results.set(task, result);
    } else if (/"type":"task-reused"/.test(line)) results.set(JSON.parse(line).task, { status: "succeeded" });
  }
  return results;
}
