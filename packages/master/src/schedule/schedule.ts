import { ReadyQueue } from "./ready-queue.js";

/** A task as scheduling sees it. */
export interface ScheduledTask {
  name: string;
  /** Where it takes up room. */
  place: string;
  /** Names of tasks that must have succeeded, or been left out by their condition, before. */
  dependsOn: readonly string[];
  /** Names of tasks of which one must have failed; empty for what is no handler of failures. */
  nextIfFail: readonly string[];
}

/** How a task that was taken has ended; `left-out`: its condition did not hold. */
export type Outcome = "succeeded" | "failed" | "cancelled" | "left-out";

/**
 * Why a task never ran:
 * - `dependency`: something it depends on failed, or did not run because of a failure.
 * - `halted`: something else failed, and the run does not go on after a failure.
 * - `not-needed`: it handles failures of tasks that have not failed.
 * - `cancelled`: the run was ended.
 */
export type SkipReason = "dependency" | "halted" | "not-needed" | "cancelled";

export interface Skip {
  name: string;
  why: SkipReason;
}

interface Node {
  task: ScheduledTask;
  dependants: Node[];
  handlers: Node[];
  /** Of what it depends on, how much has not ended. */
  unmet: number;
  /** Of what it handles, how much has not ended. */
  unheard: number;
  /** Whether something that it handles has failed. */
  isWanted: boolean;
  state: "waiting" | "ready" | "taken" | "skipped" | "ended";
}

/**
 * Decides which task of a group may start, on plain data: no time, no processes. What each decision costs does not
 * depend on the number of tasks, but on that of the ones concerned.
 *
 * 1. A task is ready when all that it depends on has succeeded or been left out; a handler of failures, when one of
 *    the tasks that it names has failed besides.
 * 2. What depends on a failure is skipped, transitively; so is a handler when nothing is left that could fail.
 * 3. After a failure nothing becomes ready but handlers, unless the run keeps going.
 */
export class Schedule {
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #keepGoing: boolean;
  /** In the order in which they became ready. */
  readonly #ready = new Map<string, ReadyQueue<Node>>();
  #isHalted = false;
  #left: number;

  /** @param tasks - in the order of the source; every name that they refer to is among them, without a cycle */
  constructor(tasks: readonly ScheduledTask[], { keepGoing = false }: { keepGoing?: boolean } = {}) {
    this.#keepGoing = keepGoing;
    this.#nodes = connect(tasks);
    this.#left = tasks.length;
    const none = new SkipList();
    for (const node of this.#nodes.values()) this.#look(node, none);
  }

  /** Whether every task has ended or was skipped. */
  get isOver(): boolean {
    return this.#left === 0;
  }

  /** Takes the task that starts next, in a place with room. The caller reports its end by {@link finish}. */
  take(hasRoom: (place: string) => boolean): ScheduledTask | undefined {
    for (const [place, { first }] of this.#ready) {
      if (!first || !hasRoom(place)) continue;
      first.state = "taken";
      return first.task;
    }
    return undefined;
  }

  /** Notes how a taken task ended; gives the tasks that will not run because of it. */
  finish(name: string, outcome: Outcome): Skip[] {
    const node = this.#nodes.get(name);
    if (node?.state !== "taken") throw new Error(`Task "${name}" has not been taken`);
    const due = new SkipList();
    const passes = outcome === "succeeded" || outcome === "left-out";
    this.#end(node, { passes, failed: outcome === "failed" }, due);
    this.#skipAll(due);
    if (outcome === "failed" && !this.#keepGoing) this.#halt(due);
    return due.skips;
  }

  /** Nothing starts any more; gives all that has not been taken. */
  cancel(): Skip[] {
    const due = new SkipList();
    for (const node of this.#nodes.values()) due.add(node, "cancelled");
    this.#skipAll(due);
    return due.skips;
  }

  #halt(due: SkipList): void {
    if (this.#isHalted) return;
    this.#isHalted = true;
    for (const node of this.#nodes.values()) {
      if (node.task.nextIfFail.length === 0) due.add(node, "halted");
    }
    this.#skipAll(due);
  }

  /** One skip leads to others: a list, since a chain of tasks may be long. */
  #skipAll(due: SkipList): void {
    for (let next = due.next(); next; next = due.next()) {
      this.#end(next.node, { passes: next.why === "not-needed", failed: false }, due);
    }
  }

  #end(node: Node, { passes, failed }: { passes: boolean; failed: boolean }, due: SkipList): void {
    node.state = "ended";
    this.#left -= 1;
    for (const handler of node.handlers) {
      handler.unheard -= 1;
      handler.isWanted ||= failed;
    }
    for (const dependant of node.dependants) {
      dependant.unmet -= 1;
      if (!passes) due.add(dependant, "dependency");
    }
    for (const other of [...node.dependants, ...node.handlers]) this.#look(other, due);
  }

  /** Looks whether a task can be decided about now. */
  #look(node: Node, due: SkipList): void {
    if (node.state !== "waiting") return;
    const isHandler = node.task.nextIfFail.length > 0;
    if (isHandler && !node.isWanted) {
      if (node.unheard === 0) due.add(node, "not-needed");
    } else if (node.unmet === 0) {
      node.state = "ready";
      const known = this.#ready.get(node.task.place);
      const queue = known ?? new ReadyQueue<Node>(({ state }) => state === "ready");
      if (!known) this.#ready.set(node.task.place, queue);
      queue.add(node);
    }
  }
}

/** Tasks that will not run, each once, in the order in which that was found. */
class SkipList {
  readonly skips: Skip[] = [];
  readonly #nodes: Node[] = [];
  #seen = 0;

  add(node: Node, why: SkipReason): void {
    if (node.state !== "waiting" && node.state !== "ready") return;
    node.state = "skipped";
    this.#nodes.push(node);
    this.skips.push({ name: node.task.name, why });
  }

  /** The next one that has not been given yet. */
  next(): { node: Node; why: SkipReason } | undefined {
    const [node, skip] = [this.#nodes[this.#seen], this.skips[this.#seen]];
    if (!node || !skip) return undefined;
    this.#seen += 1;
    return { node, why: skip.why };
  }
}

function connect(tasks: readonly ScheduledTask[]): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const task of tasks) {
    const [unmet, unheard] = [new Set(task.dependsOn).size, new Set(task.nextIfFail).size];
    nodes.set(task.name, {
      task,
      dependants: [],
      handlers: [],
      unmet,
      unheard,
      isWanted: false,
      state: "waiting",
    });
  }
  const find = (name: string): Node => {
    const node = nodes.get(name);
    if (!node) throw new Error(`There is no task "${name}"`);
    return node;
  };
  for (const node of nodes.values()) {
    for (const name of new Set(node.task.dependsOn)) find(name).dependants.push(node);
    for (const name of new Set(node.task.nextIfFail)) find(name).handlers.push(node);
  }
  return nodes;
}
