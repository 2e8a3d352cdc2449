import { Schedule } from "../schedule/schedule.js";
import { scheduledTasks } from "../schedule/scheduled-tasks.js";
import type { PlannedGroup } from "./plan-run.js";

/**
 * The order in which the tasks of a group start if each succeeds: those of a wave at the same time, as far as there is
 * room, and each wave when what it depends on has ended. Handlers of failures are in none.
 */
export function wavesOf(group: Pick<PlannedGroup, "tasks">): string[][] {
  const schedule = new Schedule(scheduledTasks(group));
  const waves: string[][] = [];
  while (!schedule.isOver) {
    const wave: string[] = [];
    for (let next = schedule.take(() => true); next; next = schedule.take(() => true)) wave.push(next.name);
    for (const name of wave) schedule.finish(name, "succeeded");
    waves.push(wave);
  }
  return waves;
}
