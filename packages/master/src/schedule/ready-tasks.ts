/** Decides, on plain data, which tasks of a group start next. */

/** How a task of the group stands. */
export type TaskState = "waiting" | "running" | "succeeded" | "failed" | "skipped";

interface Node {
  name: string;
  dependsOn: readonly string[];
}

export interface Decision<T extends Node> {
  /** Everything they depend on has succeeded; in the order of the source. */
  ready: T[];
  /** They never can start: something they depend on failed or was skipped. */
  skip: T[];
}

/**
 * What can be decided now. `halted` means that nothing new may start, because something failed and the run
 * does not keep going: then all that waits is skipped.
 */
export function decide<T extends Node>(
  tasks: readonly T[],
  states: ReadonlyMap<string, TaskState>,
  halted: boolean,
): Decision<T> {
  const waiting = tasks.filter((task) => states.get(task.name) === "waiting");
  if (halted) return { ready: [], skip: waiting };
  const stateOf = (name: string) => states.get(name) ?? "skipped";
  const isBlocked = (task: T) => task.dependsOn.some((name) => ["failed", "skipped"].includes(stateOf(name)));
  return {
    ready: waiting.filter((task) => task.dependsOn.every((name) => stateOf(name) === "succeeded")),
    skip: waiting.filter(isBlocked),
  };
}
