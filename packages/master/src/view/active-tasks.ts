import type { RunEvent, TaskInfo } from "../events/run-event.js";
import { sampleTransfer, type TransferRate } from "./transfer-rate.js";

/** A task that has begun and not ended. */
export interface ActiveTask {
  task: TaskInfo;
  /**
   * `preparing`: nothing is known of it but that it does something, such as asking its conditions. `sending`: its
   * workspace goes to the agent. `fetching`: what it changed comes back.
   */
  state: "preparing" | "queued" | "sending" | "running" | "fetching" | "retrying";
  /** When this state began, in milliseconds on a monotonic clock. */
  sinceMs: number;
  attempt: number;
  /** In the queue of its agent. */
  position?: number;
  /** While it sends or fetches, once that takes long. */
  transfer?: TransferRate;
}

const stateOf = { sync: "sending", return: "fetching" } as const;

/** Follows in the events of a run which tasks have begun and not ended. */
export class ActiveTasks {
  readonly #active = new Map<TaskInfo, ActiveTask>();

  /** In the order in which they began. */
  get list(): ActiveTask[] {
    return [...this.#active.values()];
  }

  /** @param nowMs - on a monotonic clock */
  note(event: RunEvent, nowMs: number): void {
    switch (event.type) {
      case "task-queued":
        this.#enter(event.task, nowMs, { state: "queued", position: event.position });
        break;
      case "task-stage":
        this.#enter(event.task, nowMs, { state: stateOf[event.stage], attempt: event.attempt });
        break;
      case "task-transfer": {
        const followed = this.#follow(event.task, nowMs);
        followed.transfer = sampleTransfer(followed.transfer, event, nowMs);
        break;
      }
      case "task-started":
        this.#enter(event.task, nowMs, { state: "running", attempt: event.attempt });
        break;
      case "task-retrying":
        this.#enter(event.task, nowMs, { state: "retrying", attempt: event.attempt + 1 });
        break;
      case "task-output":
      case "task-log":
        this.#follow(event.task, nowMs);
        break;
      case "task-finished":
      case "task-skipped":
        this.#active.delete(event.task);
        break;
      case "run-finished":
        this.#active.clear();
    }
  }

  #follow(task: TaskInfo, nowMs: number): ActiveTask {
    const known = this.#active.get(task);
    if (known) return known;
    const followed: ActiveTask = { task, state: "preparing", sinceMs: nowMs, attempt: 1 };
    this.#active.set(task, followed);
    return followed;
  }

  #enter(task: TaskInfo, nowMs: number, change: Partial<ActiveTask> & Pick<ActiveTask, "state">): void {
    const followed = this.#follow(task, nowMs);
    if (change.state !== followed.state) {
      followed.sinceMs = nowMs;
      delete followed.transfer;
    }
    Object.assign(followed, change);
  }
}
