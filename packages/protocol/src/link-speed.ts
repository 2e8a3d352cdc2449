/** Faster than this, in bytes per second, compressing cannot pay: brotli manages a few times as much on one core. */
const FAST_BYTES_PER_SECOND = 60 * 2 ** 20;
/** So much more must come over with compression: else what is slow is the disk behind the link, or nothing packs. */
const GAIN = 1.2;
/** Fewer bytes say more about the round trip than about the speed. */
const LEAST_BYTES = 1024 * 1024;
/** Measurements after which the other way is tried again: links change. */
const LONGEST_STAY = 16;

/**
 * Decides by measuring whether compressing pays on one link: where plain bytes go slowly it is tried, and kept if more
 * of them come over that way.
 */
export class LinkSpeed {
  #plain: number | undefined;
  #compressed: number | undefined;
  #sinceTried = 0;

  /** @param isSlow - what is known beforehand. Default: nothing, so plain bytes are tried first */
  constructor(isSlow = false) {
    if (isSlow) this.#plain = 0;
  }

  /** Whether to compress what is sent next. */
  get isSlow(): boolean {
    if (this.#plain === undefined || this.#plain >= FAST_BYTES_PER_SECOND) return false;
    if (this.#compressed === undefined) return true;
    const pays = this.#compressed > this.#plain * GAIN;
    return this.#sinceTried < LONGEST_STAY ? pays : !pays;
  }

  /** Notes how long so many bytes took. @param bytes - before compression */
  note(bytes: number, durationMs: number, wasCompressed: boolean): void {
    if (bytes < LEAST_BYTES || durationMs <= 0) return;
    const speed = (bytes / durationMs) * 1000;
    const isOtherWay = wasCompressed !== (this.#compressed ?? 0) > (this.#plain ?? 0) * GAIN;
    this.#sinceTried = isOtherWay ? 0 : this.#sinceTried + 1;
    if (wasCompressed) this.#compressed = speed;
    else this.#plain = speed;
  }
}
