import { printableName } from "./printable.js";

interface Named {
  group: string;
  name: string;
  agent?: string | undefined;
}

/** `name@agent`, safe to print: what stands before the lines of a task. */
export function nameOf({ name, agent }: Omit<Named, "group">): string {
  // What is called as its agent is needs no second name.
  return printableName(agent === undefined || agent === name ? name : `${name}@${agent}`);
}

/** `group/name@agent`, safe to print: where tasks of several groups are told of. */
export function fullNameOf({ group, ...task }: Named): string {
  return `${printableName(group)}/${nameOf(task)}`;
}
