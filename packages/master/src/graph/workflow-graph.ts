import type { Group, Task, Workflow } from "@sloth/dsl";
import { formatDelegation } from "../view/format-delegation.js";

/**
 * What waits for what in a workflow; what `sloth graph --format json` prints. Groups run one after the other, in this
 * order, and edges stay within a group. Members may be added; those that are here keep their meaning.
 */
export interface WorkflowGraph {
  /** The name of the workflow file. */
  file: string;
  groups: GraphGroup[];
}

export interface GraphGroup {
  name: string;
  description?: string;
  /** In the order of the source. */
  tasks: GraphTask[];
}

export interface GraphTask {
  /** Unique in its group. */
  name: string;
  description?: string;
  /** Where it runs, for people: `build1:50051`, `os=linux`. Absent: here. */
  delegateTo?: string;
  /** Names of the tasks that must have succeeded before. */
  dependsOn: readonly string[];
  /** Names of the tasks after whose failure alone it runs. Empty: it is no handler. */
  nextIfFail: readonly string[];
}

export function graphOf({ file, groups }: Workflow): WorkflowGraph {
  return { file, groups: groups.map(toGroup) };
}

function toGroup(group: Group): GraphGroup {
  const { name, description } = group;
  const tasks = group.tasks.map((task) => toTask(task, group));
  return { name, ...(description !== undefined && { description }), tasks };
}

function toTask(task: Task, group: Group): GraphTask {
  const { name, description, dependsOn, nextIfFail = [] } = task;
  const delegation = task.delegateTo ?? group.delegateTo;
  return {
    name,
    ...(description !== undefined && { description }),
    ...(delegation && { delegateTo: formatDelegation(delegation) }),
    dependsOn,
    nextIfFail,
  };
}
