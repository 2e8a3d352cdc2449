import type { Group, Task } from "@sloth/dsl";
import { didYouMean } from "@sloth/dsl";
import { MasterError } from "../master-error.js";

/**
 * What of a workflow is wanted; names of tasks are `task`, or `group/task` where one name stands in several groups. What
 * is the name of no task is taken as several, with commas between them.
 */
export interface Selection {
  /** Default: all groups. */
  groups?: readonly string[] | undefined;
  /** With all that they depend on, and the handlers of their failures. Default: all tasks. */
  tasks?: readonly string[] | undefined;
  /** These alone: what they depend on is taken as done, and its outputs are absent. */
  only?: readonly string[] | undefined;
}

/**
 * The groups and tasks that are wanted, in the order of the source.
 * @throws {MasterError} NOT_FOUND for a name that nothing has
 */
export function selectTasks(
  all: readonly Group[],
  { groups: names = [], tasks = [], only = [] }: Selection,
): Group[] {
  const groups = names.length > 0 ? chooseGroups(all, names) : [...all];
  if (tasks.length === 0 && only.length === 0) return groups;
  const chosen = new Set<Task>();
  for (const task of findAll(groups, only)) chosen.add(task);
  if (only.length > 0) return reduce(groups, chosen, aloneIn);
  for (const task of findAll(groups, tasks)) addWithNeeds(task, groupOf(groups, task), chosen);
  return reduce(groups, chosen, (task) => task);
}

/** The groups with those of their tasks that are wanted; groups without any are left out. */
export function keepTasks(
  groups: readonly Group[],
  isWanted: (group: Group, task: Task) => boolean,
): Group[] {
  const wanted = groups.flatMap((group) => group.tasks.filter((task) => isWanted(group, task)));
  return reduce(groups, new Set(wanted), (task) => task);
}

function chooseGroups(all: readonly Group[], names: readonly string[]): Group[] {
  for (const name of names) {
    if (all.some((group) => group.name === name)) continue;
    const known = all.map((group) => group.name).join(", ");
    throw new MasterError("NOT_FOUND", `There is no group "${name}". The workflow has: ${known}.`);
  }
  return all.filter(({ name }) => names.includes(name));
}

function findAll(groups: readonly Group[], lists: readonly string[]): Task[] {
  return lists.flatMap((list) => {
    const asOne = tasksNamed(groups, list);
    if (asOne.length > 0) return asOne;
    const names = list.split(",").filter((name) => name !== "");
    return names.flatMap((name) => findTasks(groups, name));
  });
}

function tasksNamed(groups: readonly Group[], name: string): Task[] {
  return groups.flatMap((group) =>
    group.tasks.filter((task) => task.name === name || `${group.name}/${task.name}` === name),
  );
}

function findTasks(groups: readonly Group[], name: string): Task[] {
  const found = tasksNamed(groups, name);
  if (found.length > 0) return found;
  const known = groups.flatMap((group) => group.tasks.map((task) => task.name));
  throw new MasterError(
    "NOT_FOUND",
    `There is no task "${name}" in what is to run.${didYouMean(name, known)}`,
  );
}

function groupOf(groups: readonly Group[], task: Task): Group {
  const group = groups.find(({ tasks }) => tasks.includes(task));
  if (!group) throw new Error(`Task "${task.name}" is in no group`);
  return group;
}

/** A task, what it depends on, and the handlers of its failure with what they depend on. */
function addWithNeeds(first: Task, group: Group, chosen: Set<Task>): void {
  const byName = new Map(group.tasks.map((task) => [task.name, task]));
  const due = [first];
  for (let task = due.pop(); task; task = due.pop()) {
    if (chosen.has(task)) continue;
    chosen.add(task);
    const { name } = task;
    due.push(...task.dependsOn.flatMap((other) => byName.get(other) ?? []));
    due.push(...group.tasks.filter(({ nextIfFail = [] }) => nextIfFail.includes(name)));
  }
}

function reduce(groups: readonly Group[], chosen: ReadonlySet<Task>, adapt: typeof aloneIn): Group[] {
  return groups.flatMap((group) => {
    const tasks = group.tasks.filter((task) => chosen.has(task));
    const names = new Set(tasks.map(({ name }) => name));
    return tasks.length > 0
      ? [{ ...group, tasks: tasks.map((task) => knowingOnly(names, adapt(task))) }]
      : [];
  });
}

/** Without what it would wait for, and without the failure that it would need. */
function aloneIn(task: Task): Task {
  const { nextIfFail: _, ...rest } = task;
  return rest;
}

/** What is not chosen does not run, so nobody can wait for it. */
function knowingOnly(names: ReadonlySet<string>, task: Task): Task {
  const dependsOn = task.dependsOn.filter((name) => names.has(name));
  const nextIfFail = task.nextIfFail?.filter((name) => names.has(name));
  return { ...task, dependsOn, ...(nextIfFail && { nextIfFail }) };
}
