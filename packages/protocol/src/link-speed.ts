/** Below this, in bytes per second, compressing costs less time than it saves: brotli manages several times as much on one core. */
const SLOW_BYTES_PER_SECOND = 60 * 2 ** 20;
/** Transfers smaller than this say more about the round trip than about the speed. */
const LEAST_BYTES = 1024 * 1024;

/** How fast bulk goes over one link, as far as it was measured. */
export class LinkSpeed {
  #bytesPerSecond: number | undefined;

  /** @param isSlow - what is known beforehand. Default: nothing, which counts as fast */
  constructor(isSlow = false) {
    if (isSlow) this.#bytesPerSecond = 0;
  }

  get isSlow(): boolean {
    return this.#bytesPerSecond !== undefined && this.#bytesPerSecond < SLOW_BYTES_PER_SECOND;
  }

  /** Notes how long so many bytes took; the latest word counts. @param bytes - before compression */
  note(bytes: number, durationMs: number): void {
    if (bytes >= LEAST_BYTES && durationMs > 0) this.#bytesPerSecond = (bytes / durationMs) * 1000;
  }
}
