import { setMaxListeners } from "node:events";
import type { LuaTable } from "@sloth/dsl";
import type { TaskResult } from "@sloth/runtime";
import type { PlannedGroup, PlannedTask } from "../plan/plan-run.js";
import { Rooms } from "./rooms.js";
import { runTask, type TaskContext } from "./run-task.js";
import { type Outcome, Schedule, type ScheduledTask, type Skip } from "./schedule.js";
import { limitsOf, scheduledTasks } from "./scheduled-tasks.js";

export interface GroupContext extends Omit<TaskContext, "rooms" | "place"> {
  /** How many tasks run here at once. */
  jobs: number;
  /** Go on with what does not depend on a failure. */
  keepGoing: boolean;
}

/** How each task of the group ended, now or in the run that is continued; skipped ones are absent. */
export type GroupResults = Map<string, TaskResult>;

/**
 * Runs the tasks of one group, independent ones at the same time. When a runner breaks, the others are
 * stopped before its error is thrown.
 */
export async function runGroup(group: PlannedGroup, context: GroupContext): Promise<GroupResults> {
  const run = new GroupRun(group, context);
  return run.toEnd();
}

class GroupRun {
  readonly #context: GroupContext;
  readonly #tasks: ReadonlyMap<string, PlannedTask>;
  readonly #schedule: Schedule;
  readonly #rooms: Rooms;
  readonly #results: GroupResults = new Map();
  readonly #broken = new AbortController();
  readonly #signal: AbortSignal;
  #running = 0;
  #failure: { cause: unknown } | undefined;
  #wake = () => {};

  constructor(group: PlannedGroup, context: GroupContext) {
    const { keepGoing, jobs } = context;
    this.#context = context;
    this.#tasks = new Map(group.tasks.map((planned) => [planned.task.name, planned]));
    this.#schedule = new Schedule(scheduledTasks(group), { keepGoing });
    for (const earlier of group.earlier)
      if ("result" in earlier) this.#results.set(earlier.info.name, earlier.result);
    this.#rooms = new Rooms(limitsOf(group, jobs), group.maxParallel, () => this.#wake());
    this.#signal = AbortSignal.any([context.signal, this.#broken.signal]);
    // Every running task listens.
    setMaxListeners(0, this.#signal);
  }

  async toEnd(): Promise<GroupResults> {
    const cancel = () => void this.#tell(this.#schedule.cancel()).catch((cause) => this.#break(cause));
    if (this.#signal.aborted) cancel();
    this.#signal.addEventListener("abort", cancel, { once: true });
    try {
      for (;;) {
        this.#startAll();
        if (this.#running === 0) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#signal.removeEventListener("abort", cancel);
    }
    if (this.#failure) throw this.#failure.cause;
    return this.#results;
  }

  #startAll(): void {
    const hasRoom = (place: string) => this.#rooms.hasRoom(place);
    for (let next = this.#schedule.take(hasRoom); next; next = this.#schedule.take(hasRoom)) {
      this.#running += 1;
      this.#rooms.enter(next.place);
      void this.#run(next).finally(() => {
        this.#running -= 1;
        this.#wake();
      });
    }
  }

  async #run({ name, place }: ScheduledTask): Promise<void> {
    let outcome: Outcome = "cancelled";
    try {
      const planned = this.#task(name);
      const context = { ...this.#context, signal: this.#signal, rooms: this.#rooms, place };
      const end = await runTask(planned, this.#outputsOf(planned), context);
      if (end.result) this.#results.set(name, end.result);
      outcome = end.outcome;
    } catch (cause) {
      this.#break(cause);
    } finally {
      this.#rooms.leave(place);
      await this.#tell(this.#schedule.finish(name, outcome)).catch((cause) => this.#break(cause));
    }
  }

  /** Keeps the first cause, and stops what runs. */
  #break(cause: unknown): void {
    this.#failure ??= { cause };
    this.#broken.abort(cause);
  }

  async #tell(skips: Skip[]): Promise<void> {
    for (const { name, why } of skips) {
      await this.#context.emit({ type: "task-skipped", task: this.#task(name).info, why });
    }
  }

  #task(name: string): PlannedTask {
    const planned = this.#tasks.get(name);
    if (!planned) throw new Error(`The group has no task "${name}"`);
    return planned;
  }

  #outputsOf({ task }: PlannedTask): LuaTable {
    const deps: LuaTable = Object.create(null);
    for (const name of task.dependsOn) deps[name] = this.#results.get(name)?.outputs ?? null;
    return deps;
  }
}
