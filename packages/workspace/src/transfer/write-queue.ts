/** How much may wait to be written: enough to keep a disk busy while more arrives. */
const MOST_WAITING_BYTES = 8 * 2 ** 20;

/**
 * Does steps one after the other beside the event loop, so that a slow disk and a network work at the same time. The
 * first failure is kept, and no step is begun after it.
 */
export class WriteQueue {
  #last: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  #failure: { cause: unknown } | undefined;
  #onProgress = () => {};

  /** @param sizeBytes - of what the step holds until it is done */
  push(sizeBytes: number, step: () => void | Promise<void>): void {
    this.#waitingBytes += sizeBytes;
    this.#last = this.#last.then(async () => {
      try {
        if (this.#failure === undefined) await step();
      } catch (cause) {
        this.#failure ??= { cause };
      }
      this.#waitingBytes -= sizeBytes;
      this.#onProgress();
    });
  }

  /** Resolves when there is room for more. @throws what a step threw */
  async room(): Promise<void> {
    while (this.#waitingBytes > MOST_WAITING_BYTES && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#onProgress = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  /** Resolves when all is done. @throws what a step threw */
  async end(): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  /** Begins no further step; resolves when the present one is over. */
  async stop(): Promise<void> {
    this.#failure ??= { cause: new Error("Stopped.") };
    await this.#last;
  }
}
