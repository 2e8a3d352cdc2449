import { fairOrder, type Turn } from "./fair-order.js";

/** Room for one attempt. Releasing it twice is harmless. */
export interface Slot {
  release(): void;
}

interface Waiter extends Turn {
  wake(): void;
}

export interface SlotQueueOptions {
  /** How many slots one caller may have at once. Default: all. */
  mostPerCaller?: number | undefined;
}

/** Hands out a fixed number of slots, in {@link fairOrder}. */
export class SlotQueue {
  readonly #waiting: Waiter[] = [];
  readonly #running = new Set<Turn>();
  readonly #mostPerCaller: number | undefined;
  /** Of those that wait; made anew when it is asked for after a change. */
  #order: ReturnType<typeof fairOrder<Waiter>> | undefined;

  constructor(
    readonly slots: number,
    { mostPerCaller }: SlotQueueOptions = {},
  ) {
    this.#mostPerCaller = mostPerCaller;
  }

  get inUse(): number {
    return this.#running.size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Waits for a slot, yielding the place in the queue (from 1) at first and whenever it changes.
   * Leaving early, or aborting `signal`, gives the place up.
   */
  async *acquire({ caller, run }: Turn, signal: AbortSignal): AsyncGenerator<number, Slot> {
    signal.throwIfAborted();
    const waiter: Waiter = { caller, run, wake: () => {} };
    this.#waiting.push(waiter);
    this.#wakeAll();
    const onAbort = () => waiter.wake();
    signal.addEventListener("abort", onAbort);
    try {
      let announced = 0;
      for (;;) {
        signal.throwIfAborted();
        const { order, admitted } = this.#ordered();
        const position = order.indexOf(waiter) + 1;
        if (position <= Math.min(admitted, this.slots - this.inUse)) return this.#take(waiter);
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

  #take(turn: Turn): Slot {
    this.#running.add(turn);
    return {
      release: () => {
        if (this.#running.delete(turn)) this.#wakeAll();
      },
    };
  }

  #ordered(): ReturnType<typeof fairOrder<Waiter>> {
    this.#order ??= fairOrder(this.#waiting, this.#running, this.#mostPerCaller);
    return this.#order;
  }

  #wakeAll(): void {
    this.#order = undefined;
    for (const waiter of this.#waiting) waiter.wake();
  }
}
