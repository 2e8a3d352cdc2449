/** Work that several callers may share; it is stopped when none of them wants it any more. */
class SharedWork<T> {
  readonly #stop = new AbortController();
  readonly #result: Promise<T>;
  #callers = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = work(this.#stop.signal);
    // Each caller hears of it; without one, nobody has to.
    this.#result.catch(() => undefined);
  }

  async join(signal: AbortSignal | undefined): Promise<T> {
    this.#callers++;
    let onAbort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal?.reason);
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      signal?.throwIfAborted();
      return await Promise.race([this.#result, aborted]);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      if (--this.#callers === 0) this.#stop.abort();
    }
  }
}

/**
 * Lets callers that ask for the same thing share one piece of work, as long as it has not begun: what a caller gets
 * was never begun before it asked.
 */
export class Sharing<T> {
  readonly #waiting = new Map<string, SharedWork<T>>();

  /** @param work - is given a function to call when it begins */
  do(
    key: string,
    signal: AbortSignal | undefined,
    work: (options: { signal: AbortSignal; begin: () => void }) => Promise<T>,
  ): Promise<T> {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return waiting.join(signal);
    const begin = () => this.#waiting.delete(key);
    const shared = new SharedWork<T>((stop) => work({ signal: stop, begin }).finally(begin));
    this.#waiting.set(key, shared);
    return shared.join(signal);
  }
}
