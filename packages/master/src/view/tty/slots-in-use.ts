import { printable } from "../printable.js";
import type { Progress, ShownTask } from "./run-progress.js";
import { widthOf } from "./terminal-text.js";

/**
 * Where tasks run, `2 here, build1 3/4, gpu 1/1`: of each agent that has said how many it runs at once, how many of ours
 * it does. What does not fit is left out from the right; nothing where all is here.
 */
export function slotsInUse(busy: readonly ShownTask[], slots: Progress["slots"], columns: number): string {
  const here = busy.filter(({ task }) => task.agent === undefined).length;
  const counts = new Map([...slots.keys()].map((agent) => [agent, 0]));
  for (const { task } of busy)
    if (task.agent !== undefined) counts.set(task.agent, (counts.get(task.agent) ?? 0) + 1);
  if (counts.size === 0) return "";
  const agents = [...counts].map(([agent, count]) => {
    const most = slots.get(agent);
    return most ? `${printable(agent)} ${count}/${most}` : `${count} on ${printable(agent)}`;
  });
  return firstThatFit([...(here > 0 ? [`${here} here`] : []), ...agents], columns);
}

function firstThatFit(places: readonly string[], columns: number): string {
  const all = places.join(", ");
  if (widthOf(all) <= columns) return all;
  for (let count = places.length - 1; count > 0; count--) {
    const some = `${places.slice(0, count).join(", ")}, …`;
    if (widthOf(some) <= columns) return some;
  }
  return "";
}
