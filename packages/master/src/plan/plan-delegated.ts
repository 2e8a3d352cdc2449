import type { Task, TaskRequest } from "@sloth/dsl";
import type { Attempt } from "@sloth/runtime";
import type { Inventory } from "../inventory/inventory.js";
import type { AgentSelection } from "../inventory/selection.js";
import { MasterError } from "../master-error.js";
import { type PlannedTask, placeOf, type RunPlan, taskInfo } from "./plan-run.js";

export interface DelegatedOptions {
  request: TaskRequest;
  /** Of the function that delegates. */
  parent: Attempt;
  inventory: Inventory;
}

/**
 * Plans a task that a function delegates while it runs: in the workspace of the function's own task, and with the
 * settings that the group has for it.
 *
 * @throws {MasterError} UNKNOWN_AGENT, NOT_FOUND
 */
export function planDelegated(
  plan: RunPlan,
  { request, parent, inventory }: DelegatedOptions,
): PlannedTask & { selection: AgentSelection } {
  const beside = findTask(plan, parent.group, parent.task);
  const declared = request.command.kind === "declared" ? request.command : undefined;
  const model = declared && plan.workflow.groups.find(({ name }) => name === declared.group);
  const task = model?.tasks.find(({ name }) => name === request.name);
  if (declared && !task)
    throw new MasterError("NOT_FOUND", `There is no task "${request.name}" in the workflow.`);
  const group = declared?.group ?? parent.group;
  const selection = inventory.select(request.delegateTo);
  const made = withRequest(task, request, beside.task);
  return {
    task: made,
    info: taskInfo(made, group, selection),
    group,
    selection,
    ...directoryOf(request, parent),
    env: { ...plan.environment, ...model?.env, ...request.env },
    workspaceSettings: beside.workspaceSettings,
  };
}

function withRequest(declared: Task | undefined, request: TaskRequest, beside: Task): Task {
  const { name, command, params, timeoutMs } = request;
  const script = command.kind === "shell" ? command.script : "";
  const base = declared ?? { dependsOn: [], retries: 0, at: beside.at, command: { kind: "shell", script } };
  return { ...base, name, params, ...(timeoutMs !== undefined && { timeoutMs }) };
}

function directoryOf({ name, workdir }: TaskRequest, parent: Attempt) {
  const place = placeOf(parent.workspace, workdir ?? parent.workdir);
  if (place.workspace === parent.workspace) return place;
  throw new MasterError(
    "NOT_FOUND",
    `task "${name}": its workdir ${workdir} is outside of ${parent.workspace}.`,
  );
}

function findTask(plan: RunPlan, group: string, task: string): PlannedTask {
  const tasks = plan.groups.find(({ name }) => name === group)?.tasks;
  const found = tasks?.find((planned) => planned.task.name === task);
  if (!found) throw new Error(`The plan has no task "${task}" in group "${group}"`);
  return found;
}
