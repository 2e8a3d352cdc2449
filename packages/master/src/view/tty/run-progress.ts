import type { RunEvent, TaskInfo } from "../../events/run-event.js";
import { type ActiveTask, ActiveTasks } from "../active-tasks.js";
import { formatRecord } from "../format-record.js";
import { OutputTail } from "../output-tail.js";
import { nameOf } from "../task-name.js";
import { widthOf } from "./terminal-text.js";

/** A task that has begun and not ended, and what it prints. */
export interface ShownTask extends ActiveTask {
  output: Pick<OutputTail, "lastLine">;
}

/** What goes on in a run, for a person who looks at it now. */
export interface Progress {
  startedAtMs: number;
  active: readonly ShownTask[];
  done: number;
  failed: number;
  /** Have not begun. */
  waiting: number;
  /** How many tasks each agent runs at once, as far as it has said so; in the order in which they were met. */
  slots: ReadonlyMap<string, number>;
  /** Of all tasks of the run, what the longest name takes up: columns stay where they are. */
  nameColumns: number;
}

const NOTHING = new OutputTail();

/** Follows the events of a run. */
export class RunProgress {
  readonly #active = new ActiveTasks();
  readonly #tails = new Map<TaskInfo, OutputTail>();
  readonly #slots = new Map<string, number>();
  #startedAtMs = 0;
  #isOver = true;
  #tasks = 0;
  #nameColumns = 0;
  #done = 0;
  #failed = 0;
  #skipped = 0;

  /** @returns undefined before the run and after it */
  get progress(): Progress | undefined {
    if (this.#isOver) return undefined;
    const active = this.#active.list.map((task) => ({
      ...task,
      output: this.#tails.get(task.task) ?? NOTHING,
    }));
    const ended = this.#done + this.#failed + this.#skipped;
    return {
      startedAtMs: this.#startedAtMs,
      active,
      done: this.#done,
      failed: this.#failed,
      waiting: Math.max(0, this.#tasks - ended - active.length),
      slots: this.#slots,
      nameColumns: this.#nameColumns,
    };
  }

  /** @param nowMs - on a monotonic clock */
  note(event: RunEvent, nowMs: number): void {
    this.#active.note(event, nowMs);
    switch (event.type) {
      case "run-started":
        this.#startedAtMs = nowMs;
        this.#isOver = false;
        this.#expect(event.run.groups.flatMap(({ tasks }) => tasks));
        break;
      case "task-stage":
        if (event.task.agent !== undefined && event.slots !== undefined)
          this.#slots.set(event.task.agent, event.slots);
        break;
      case "task-output":
        this.#tailOf(event.task).push(event.bytes);
        break;
      case "task-log":
        this.#tailOf(event.task).push(Buffer.from(`\n${formatRecord(event.record)}\n`));
        break;
      case "task-finished":
        this.#tails.delete(event.task);
        if (event.result.status === "succeeded") this.#done += 1;
        else this.#failed += 1;
        break;
      case "task-reused":
        this.#done += 1;
        break;
      case "task-skipped":
        this.#tails.delete(event.task);
        this.#skipped += 1;
        break;
      case "run-finished":
        this.#isOver = true;
    }
  }

  #expect(tasks: readonly TaskInfo[]): void {
    this.#tasks = tasks.length;
    this.#nameColumns = tasks.reduce((most, task) => Math.max(most, widthOf(nameOf(task))), 0);
  }

  #tailOf(task: TaskInfo): OutputTail {
    const tail = this.#tails.get(task) ?? new OutputTail();
    this.#tails.set(task, tail);
    return tail;
  }
}
