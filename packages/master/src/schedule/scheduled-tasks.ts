import type { AgentSelection } from "../inventory/selection.js";
import type { PlannedGroup } from "../plan/plan-run.js";
import type { ScheduledTask } from "./schedule.js";

/** The master's own machine, as a place. */
const HERE = "";

/** The tasks of a group as scheduling sees them: what an earlier run has settled is not waited for. */
export function scheduledTasks({ tasks }: Pick<PlannedGroup, "tasks">): ScheduledTask[] {
  const names = new Set(tasks.map(({ task }) => task.name));
  return tasks.map(({ task: { name, dependsOn, nextIfFail = [] }, selection }) => ({
    name,
    place: placeOf(selection),
    dependsOn: dependsOn.filter((other) => names.has(other)),
    nextIfFail: nextIfFail.filter((other) => names.has(other)),
  }));
}

/** What is asked for is one place, whichever agent it will be; another limit is another one. */
function placeOf(selection: AgentSelection | undefined): string {
  if (!selection) return HERE;
  return selection.max === undefined ? selection.key : `${selection.key} max ${selection.max}`;
}

/** How many tasks may wait at one agent, beyond those that run there. */
const PENDING_PER_AGENT = 64;

/** How many tasks of a group may be on their way in each place; the rest does not begin, not even with its conditions. */
export function limitsOf({ tasks }: Pick<PlannedGroup, "tasks">, jobs: number): (place: string) => number {
  const limits = new Map<string, number>();
  for (const { selection } of tasks) {
    if (!selection) continue;
    const { candidates, max = Number.POSITIVE_INFINITY } = selection;
    limits.set(placeOf(selection), Math.min(max, PENDING_PER_AGENT * candidates.length));
  }
  return (place) => limits.get(place) ?? jobs;
}
