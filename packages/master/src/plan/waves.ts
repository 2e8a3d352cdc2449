import type { Task } from "@sloth/dsl";
import { Schedule } from "../schedule/schedule.js";

/** The tasks that are scheduled, as far as their order is concerned. */
export type OrderedTask = Pick<Task, "name" | "dependsOn" | "nextIfFail">;

/**
 * The order in which the tasks of a group start if each succeeds: those of a wave at the same time, as far as there is
 * room, and each wave when what it depends on has ended. Handlers of failures are in none.
 */
export function wavesOf(tasks: readonly OrderedTask[]): string[][] {
  const schedule = new Schedule(
    tasks.map(({ name, dependsOn, nextIfFail = [] }) => ({ name, place: "", dependsOn, nextIfFail })),
  );
  const waves: string[][] = [];
  while (!schedule.isOver) {
    const wave: string[] = [];
    for (let next = schedule.take(() => true); next; next = schedule.take(() => true)) wave.push(next.name);
    for (const name of wave) schedule.finish(name, "succeeded");
    if (wave.length > 0) waves.push(wave);
  }
  return waves;
}
