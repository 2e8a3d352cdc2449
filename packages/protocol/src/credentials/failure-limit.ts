/** How many failures of one address are borne with, in how long. */
const MOST_FAILURES = 10;
const WINDOW_MS = 60_000;
/** Of addresses; those that failed longest ago are forgotten. */
const MOST_ADDRESSES = 1024;

/** Counts failures to authenticate by address, in bounded memory. */
export class FailureLimit {
  readonly #failures = new Map<string, { count: number; since: number }>();
  readonly #now: () => number;

  /** @param now - a monotonic clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts one more; says whether these are too many. */
  add(address: string): boolean {
    const known = this.#failures.get(address);
    const isCurrent = known !== undefined && this.#now() - known.since < WINDOW_MS;
    const next = isCurrent ? { ...known, count: known.count + 1 } : { count: 1, since: this.#now() };
    this.#failures.delete(address);
    this.#failures.set(address, next);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MOST_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest);
    return next.count > MOST_FAILURES;
  }
}
