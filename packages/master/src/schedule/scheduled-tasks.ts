import type { PlannedGroup } from "../plan/plan-run.js";
import type { ScheduledTask } from "./schedule.js";

/** The master's own machine, as a place. */
export const HERE = "";

/** The tasks of a group as scheduling sees them: what an earlier run has settled is not waited for. */
export function scheduledTasks({ tasks }: Pick<PlannedGroup, "tasks">): ScheduledTask[] {
  const names = new Set(tasks.map(({ task }) => task.name));
  return tasks.map(({ task: { name, dependsOn, nextIfFail = [] }, target }) => ({
    name,
    place: target?.label ?? HERE,
    dependsOn: dependsOn.filter((other) => names.has(other)),
    nextIfFail: nextIfFail.filter((other) => names.has(other)),
  }));
}
