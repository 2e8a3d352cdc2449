import type { TaskInfo } from "../events/run-event.js";

/** A task that ran, and for how long. */
export interface TimedTask {
  task: TaskInfo;
  durationMs: number;
}

/** The chain of dependencies that took longest: to make the run shorter, one of its tasks must be. */
export function criticalPath(tasks: readonly TimedTask[]): TimedTask[] {
  const byName = new Map(tasks.map((timed) => [keyOf(timed.task.group, timed.task.name), timed]));
  const longest = new Map<TimedTask, { totalMs: number; before: TimedTask | undefined }>();
  // In the order in which they ended, so what a task depends on comes before it.
  for (const timed of tasks) {
    const before = timed.task.dependsOn
      .flatMap((name) => byName.get(keyOf(timed.task.group, name)) ?? [])
      .sort((a, b) => (longest.get(b)?.totalMs ?? 0) - (longest.get(a)?.totalMs ?? 0))[0];
    const totalMs = timed.durationMs + (before ? (longest.get(before)?.totalMs ?? 0) : 0);
    longest.set(timed, { totalMs, before });
  }
  let last = [...longest].sort(([, a], [, b]) => b.totalMs - a.totalMs)[0]?.[0];
  const path: TimedTask[] = [];
  for (; last; last = longest.get(last)?.before) path.unshift(last);
  return path;
}

function keyOf(group: string, name: string): string {
  return `${group}\0${name}`;
}
