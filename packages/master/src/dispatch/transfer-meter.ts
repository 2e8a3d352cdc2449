import { setTimeout as sleep } from "node:timers/promises";
import type { TaskEvent, Transferred, TransferStage } from "@sloth/runtime";

/** What is over sooner is not worth telling. */
const QUIET_MS = 500;
const EVERY_MS = 100;

/**
 * Counts the bytes of one transfer. Not guaranteed: that what was sent has arrived; the window of flow control, 16 MiB
 * at most, is under way.
 */
export class TransferMeter {
  readonly #stage: TransferStage;
  #bytes = 0;
  #totalOf: (() => number) | undefined;
  #totalBytes: number | undefined;

  constructor(stage: TransferStage) {
    this.#stage = stage;
  }

  /** @param totalOf - how many bytes there will be; asked once, and only when the transfer takes long */
  async *count(chunks: AsyncIterable<Uint8Array>, totalOf: () => number): AsyncGenerator<Uint8Array> {
    this.#totalOf = totalOf;
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  /** Does the work that the transfer is a part of, and tells of the transfer meanwhile. */
  async *during(work: Promise<void>): AsyncGenerator<TaskEvent> {
    // Heard below; but not while whoever takes the events is slow.
    work.catch(() => {});
    let toldBytes: number | undefined;
    for (let waitMs = QUIET_MS; await isLonger(work, waitMs); waitMs = EVERY_MS) {
      const far = this.#far();
      if (!far || far.doneBytes === toldBytes) continue;
      toldBytes = far.doneBytes;
      yield { type: "transfer", stage: this.#stage, ...far };
    }
  }

  #far(): Transferred | undefined {
    if (!this.#totalOf) return undefined;
    this.#totalBytes ??= this.#totalOf();
    return { doneBytes: Math.min(this.#bytes, this.#totalBytes), totalBytes: this.#totalBytes };
  }
}

/** Whether the work takes longer than this; throws what it throws. */
async function isLonger(work: Promise<void>, ms: number): Promise<boolean> {
  const over = new AbortController();
  try {
    const late = sleep(ms, true, { signal: over.signal }).catch(() => true);
    return await Promise.race([work.then(() => false), late]);
  } finally {
    over.abort();
  }
}
