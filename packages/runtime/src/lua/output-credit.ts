import { Cell } from "./shared-cells.js";

/** Bytes of output that may be on their way from a worker to the consumer. */
const LIMIT_BYTES = 1024 * 1024;

/**
 * Bounds what a worker prints and logs: messages between threads have no backpressure of their own. The
 * worker spends before it posts, and blocks when nothing is left; the host gives back what was consumed.
 */
export class OutputCredit {
  #cells: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.#cells = new Int32Array(shared);
  }

  /** In the worker: waits until there is room. Something larger than all room is let through alone. */
  spend(sizeBytes: number): void {
    for (;;) {
      const unconsumed = Atomics.load(this.#cells, Cell.unconsumedBytes);
      if (unconsumed === 0 || unconsumed + sizeBytes <= LIMIT_BYTES) break;
      Atomics.wait(this.#cells, Cell.unconsumedBytes, unconsumed);
    }
    Atomics.add(this.#cells, Cell.unconsumedBytes, sizeBytes);
  }

  /** In the host. */
  giveBack(sizeBytes: number): void {
    Atomics.sub(this.#cells, Cell.unconsumedBytes, sizeBytes);
    Atomics.notify(this.#cells, Cell.unconsumedBytes);
  }
}
