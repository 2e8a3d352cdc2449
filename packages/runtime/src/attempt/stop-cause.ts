import type { Attempt, TaskStatus } from "../task-runner.js";
import { formatDuration } from "./format-duration.js";

/** Why an attempt is ended from outside. */
export interface StopCause {
  status: Extract<TaskStatus, "cancelled" | "timed-out">;
  message: string;
}

export const CANCELLED: StopCause = { status: "cancelled", message: "cancelled" };

/** Node's timers wrap to 1 ms beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Ends an attempt from outside: by its time limit, the caller's signal, or a call. The first cause is kept. */
export class AttemptStop {
  #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #release: () => void;

  constructor(attempt: Attempt, signal: AbortSignal) {
    const cancel = () => this.stop(CANCELLED);
    signal.addEventListener("abort", cancel, { once: true });
    this.#release = () => signal.removeEventListener("abort", cancel);
    if (signal.aborted) cancel();
    else if (attempt.timeoutMs !== undefined) this.#limit(attempt.timeoutMs, attempt.timeoutMs);
  }

  /** Aborted when the attempt has to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it has to end; undefined as long as it need not. */
  get cause(): StopCause | undefined {
    return this.signal.aborted ? (this.signal.reason as StopCause) : undefined;
  }

  stop(cause: StopCause): void {
    this.#controller.abort(cause);
  }

  /** Lets go of the timer and the caller's signal. */
  release(): void {
    clearTimeout(this.#timer);
    this.#release();
  }

  #limit(limitMs: number, leftMs: number): void {
    const nextMs = Math.min(leftMs, LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      if (leftMs > nextMs) this.#limit(limitMs, leftMs - nextMs);
      else
        this.stop({ status: "timed-out", message: `exceeded its time limit of ${formatDuration(limitMs)}` });
    }, nextMs);
  }
}
