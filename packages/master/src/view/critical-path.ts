/** A task as the critical path needs it. */
export interface Timed {
  /** Unique among the tasks. */
  name: string;
  /** Names; those that are not among the tasks are passed over. */
  dependsOn: readonly string[];
  durationMs: number;
}

/**
 * The chain of tasks that the end waited for: from the task that took longest with all before it, back over whichever
 * of its `depends_on` took longest so. To make any other task faster does not make the whole faster. Waiting for room
 * is not in it.
 *
 * A cycle, which only damaged records have, is not followed for ever.
 */
export function criticalPath<Task extends Timed>(tasks: readonly Task[]): Task[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const before = (task: Task) => task.dependsOn.flatMap((name) => byName.get(name) ?? []);
  const totals = totalsOf(tasks, before);
  const longest = (among: readonly Task[]) =>
    among.reduce<Task | undefined>(
      (most, next) => (most && (totals.get(most) ?? 0) >= (totals.get(next) ?? 0) ? most : next),
      undefined,
    );
  const path: Task[] = [];
  for (let task = longest(tasks); task && !path.includes(task); task = longest(before(task)))
    path.unshift(task);
  return path;
}

/** How long each task took with the longest chain before it. With a stack of its own, since chains may be long. */
function totalsOf<Task extends Timed>(
  tasks: readonly Task[],
  before: (task: Task) => Task[],
): Map<Task, number> {
  const totals = new Map<Task, number>();
  const opened = new Set<Task>();
  const due = [...tasks].reverse();
  for (let task = due.at(-1); task; task = due.at(-1)) {
    opened.add(task);
    const unknown = before(task).filter((other) => !opened.has(other));
    if (unknown.length > 0) due.push(...unknown);
    else {
      totals.set(task, task.durationMs + Math.max(0, ...before(task).map((other) => totals.get(other) ?? 0)));
      due.pop();
    }
  }
  return totals;
}
