import type { RunEvent, TaskInfo } from "../../events/run-event.js";
import { formatRecord } from "../format-record.js";
import { nameOf } from "../plain-view.js";
import { OutputTail } from "./output-tail.js";
import { widthOf } from "./terminal-text.js";

/** A task that has begun and not ended. */
export interface ActiveTask {
  task: TaskInfo;
  /** `preparing`: nothing is known of it but that it does something, such as asking its conditions. */
  state: "preparing" | "queued" | "running" | "retrying";
  /** When this state began, in milliseconds on a monotonic clock. */
  sinceMs: number;
  attempt: number;
  /** In the queue of its agent. */
  position?: number;
  output: Pick<OutputTail, "lastLine">;
}

/** What goes on in a run, for a person who looks at it now. */
export interface Progress {
  startedAtMs: number;
  active: readonly ActiveTask[];
  done: number;
  failed: number;
  /** Have not begun. */
  waiting: number;
  /** Of all tasks of the run, what the longest name takes up: columns stay where they are. */
  nameColumns: number;
}

interface Followed extends ActiveTask {
  output: OutputTail;
}

/** Follows the events of a run. */
export class RunProgress {
  readonly #active = new Map<TaskInfo, Followed>();
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
    const active = [...this.#active.values()];
    const ended = this.#done + this.#failed + this.#skipped;
    return {
      startedAtMs: this.#startedAtMs,
      active,
      done: this.#done,
      failed: this.#failed,
      waiting: Math.max(0, this.#tasks - ended - active.length),
      nameColumns: this.#nameColumns,
    };
  }

  /** @param nowMs - on a monotonic clock */
  note(event: RunEvent, nowMs: number): void {
    switch (event.type) {
      case "run-started":
        this.#startedAtMs = nowMs;
        this.#isOver = false;
        this.#expect(event.run.groups.flatMap(({ tasks }) => tasks));
        break;
      case "task-queued":
        this.#enter(event.task, nowMs, { state: "queued", position: event.position });
        break;
      case "task-started":
        this.#enter(event.task, nowMs, { state: "running", attempt: event.attempt });
        break;
      case "task-retrying":
        this.#enter(event.task, nowMs, { state: "retrying", attempt: event.attempt + 1 });
        break;
      case "task-output":
        this.#follow(event.task, nowMs).output.push(event.bytes);
        break;
      case "task-log":
        this.#follow(event.task, nowMs).output.push(Buffer.from(`\n${formatRecord(event.record)}\n`));
        break;
      case "task-finished":
        this.#active.delete(event.task);
        if (event.result.status === "succeeded") this.#done += 1;
        else this.#failed += 1;
        break;
      case "task-skipped":
        this.#active.delete(event.task);
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

  #follow(task: TaskInfo, nowMs: number): Followed {
    const known = this.#active.get(task);
    if (known) return known;
    const followed: Followed = {
      task,
      state: "preparing",
      sinceMs: nowMs,
      attempt: 1,
      output: new OutputTail(),
    };
    this.#active.set(task, followed);
    return followed;
  }

  #enter(task: TaskInfo, nowMs: number, change: Partial<ActiveTask> & Pick<ActiveTask, "state">): void {
    const followed = this.#follow(task, nowMs);
    if (change.state !== followed.state) followed.sinceMs = nowMs;
    Object.assign(followed, change);
  }
}
