import type { GraphGroup, GraphTask, WorkflowGraph } from "./workflow-graph.js";

/** A group of a drawing: its tasks have ids of the alphabet of every format, since a name may hold anything. */
export interface NumberedGroup {
  id: string;
  name: string;
  tasks: { id: string; task: GraphTask }[];
  edges: NumberedEdge[];
}

export interface NumberedEdge {
  from: string;
  to: string;
  /** It is followed after a failure, not after a success. */
  isHandler: boolean;
}

/** Numbers groups and tasks in the order of the source, so that the same workflow is drawn in the same words. */
export function numbered({ groups }: WorkflowGraph): NumberedGroup[] {
  let count = 0;
  return groups.map((group, index) => {
    const tasks = group.tasks.map((task) => ({ id: `t${++count}`, task }));
    return { id: `g${index + 1}`, name: group.name, tasks, edges: edgesOf(group, tasks) };
  });
}

function edgesOf(group: GraphGroup, tasks: NumberedGroup["tasks"]): NumberedEdge[] {
  const ids = new Map(tasks.map(({ id, task }) => [task.name, id]));
  const edge = (from: string, to: string, isHandler: boolean) => ({
    from: ids.get(from) ?? "",
    to: ids.get(to) ?? "",
    isHandler,
  });
  return group.tasks.flatMap(({ name, dependsOn, nextIfFail }) => [
    ...dependsOn.map((other) => edge(other, name, false)),
    ...nextIfFail.map((other) => edge(other, name, true)),
  ]);
}
