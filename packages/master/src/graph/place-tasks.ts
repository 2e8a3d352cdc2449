import type { GraphTask } from "./workflow-graph.js";

/** A task below the one that it waits for last. */
export interface PlacedTask {
  task: GraphTask;
  /** The task that it stands below. Absent: it waits for none. */
  below?: string;
  children: PlacedTask[];
}

/**
 * Makes of the tasks of a group trees in which each stands once: below that one of those it waits for which the longest
 * chain leads to, or the last of several such. Gives those that wait for none.
 *
 * @param tasks - without cycles
 */
export function placeTasks(tasks: readonly GraphTask[]): PlacedTask[] {
  const depths = depthsOf(tasks);
  const placed = new Map<string, PlacedTask>(tasks.map((task) => [task.name, { task, children: [] }]));
  const roots: PlacedTask[] = [];
  for (const task of placed.values()) {
    const [first, ...others] = namesBefore(task.task);
    if (first === undefined) {
      roots.push(task);
      continue;
    }
    const depth = (name: string) => depths.get(name) ?? 0;
    task.below = others.reduce((last, name) => (depth(name) >= depth(last) ? name : last), first);
    placed.get(task.below)?.children.push(task);
  }
  return roots;
}

function namesBefore({ dependsOn, nextIfFail }: GraphTask): string[] {
  return [...dependsOn, ...nextIfFail];
}

/** How many tasks stand before each, on the longest way. */
function depthsOf(tasks: readonly GraphTask[]): Map<string, number> {
  const after = new Map<string, string[]>(tasks.map(({ name }) => [name, []]));
  const waitsFor = new Map(tasks.map((task) => [task.name, namesBefore(task).length]));
  for (const task of tasks) for (const name of namesBefore(task)) after.get(name)?.push(task.name);
  const depths = new Map<string, number>();
  const due = tasks.filter((task) => namesBefore(task).length === 0).map(({ name }) => name);
  for (const name of due) depths.set(name, 0);
  // Grows while it is gone through; thousands in a chain are more than a recursion can take.
  for (const name of due) {
    for (const next of after.get(name) ?? []) {
      depths.set(next, Math.max(depths.get(next) ?? 0, (depths.get(name) ?? 0) + 1));
      const left = (waitsFor.get(next) ?? 0) - 1;
      waitsFor.set(next, left);
      if (left === 0) due.push(next);
    }
  }
  return depths;
}
