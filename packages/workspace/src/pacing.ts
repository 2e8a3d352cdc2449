import { setImmediate as nextTurn } from "node:timers/promises";

const SLICE_MS = 10;

/**
 * Lets synchronous batches share the thread: after about ten milliseconds of work `isDue` turns true, and `rest`
 * gives the event loop a turn. File calls are synchronous here because a promise per small file costs several
 * times the call itself.
 */
export class Pace {
  #sliceEndsAt = performance.now() + SLICE_MS;
  readonly #signal: AbortSignal | undefined;

  constructor(signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    this.#signal = signal;
  }

  isDue(): boolean {
    return performance.now() >= this.#sliceEndsAt;
  }

  /** Rejects with the signal's reason when the work was aborted meanwhile. */
  async rest(): Promise<void> {
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#sliceEndsAt = performance.now() + SLICE_MS;
  }
}
