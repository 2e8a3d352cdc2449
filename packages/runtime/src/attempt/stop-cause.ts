import type { Attempt, TaskStatus } from "../task-runner.js";
import { limitExceeded, startTimer } from "./time-limit.js";

/** Why an attempt is ended from outside. */
export interface StopCause {
  status: Extract<TaskStatus, "cancelled" | "timed-out">;
  message: string;
}

export const CANCELLED: StopCause = { status: "cancelled", message: "cancelled" };

/** Ends an attempt from outside: by its time limit, the caller's signal, or a call. The first cause is kept. */
export class AttemptStop {
  #controller = new AbortController();
  #cancellation = new AbortController();
  #releases: (() => void)[] = [];

  constructor({ timeoutMs }: Pick<Attempt, "timeoutMs">, signal: AbortSignal) {
    const cancel = () => this.stop(CANCELLED);
    if (signal.aborted) {
      cancel();
      return;
    }
    signal.addEventListener("abort", cancel, { once: true });
    this.#releases.push(() => signal.removeEventListener("abort", cancel));
    if (timeoutMs === undefined) return;
    this.#releases.push(
      startTimer(timeoutMs, () => this.stop({ status: "timed-out", message: limitExceeded(timeoutMs) })),
    );
  }

  /** Aborted when the attempt has to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborted when it is cancelled, even if something else has ended it before. */
  get cancelled(): AbortSignal {
    return this.#cancellation.signal;
  }

  /** Why it has to end; undefined as long as it need not. */
  get cause(): StopCause | undefined {
    return this.signal.aborted ? (this.signal.reason as StopCause) : undefined;
  }

  stop(cause: StopCause): void {
    this.#controller.abort(cause);
    if (cause.status === "cancelled") this.#cancellation.abort(cause);
  }

  /** Lets go of the timer and the caller's signal. */
  release(): void {
    for (const release of this.#releases.splice(0)) release();
  }
}
