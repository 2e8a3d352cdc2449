/** Room for one attempt. Releasing it twice is harmless. */
export interface Slot {
  release(): void;
}

interface Waiter {
  wake(): void;
}

/** Hands out a fixed number of slots, first come first served. */
export class SlotQueue {
  readonly #waiting: Waiter[] = [];
  #free: number;

  constructor(readonly slots: number) {
    this.#free = slots;
  }

  get inUse(): number {
    return this.slots - this.#free;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Waits for a slot, yielding the place in the queue (from 1) at first and whenever it changes.
   * Leaving early, or aborting `signal`, gives the place up.
   */
  async *acquire(signal: AbortSignal): AsyncGenerator<number, Slot> {
    signal.throwIfAborted();
    if (this.#waiting.length === 0 && this.#free > 0) return this.#take();
    const waiter: Waiter = { wake: () => {} };
    this.#waiting.push(waiter);
    const onAbort = () => waiter.wake();
    signal.addEventListener("abort", onAbort);
    try {
      let announced = 0;
      for (;;) {
        signal.throwIfAborted();
        const position = this.#waiting.indexOf(waiter) + 1;
        if (position <= this.#free) return this.#take();
        const changed = new Promise<void>((resolve) => {
          waiter.wake = resolve;
        });
        if (position !== announced) yield position;
        else await changed;
        announced = position;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      this.#wakeAll();
    }
  }

  #take(): Slot {
    this.#free -= 1;
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#free += 1;
        this.#wakeAll();
      },
    };
  }

  #wakeAll(): void {
    for (const waiter of this.#waiting) waiter.wake();
  }
}
