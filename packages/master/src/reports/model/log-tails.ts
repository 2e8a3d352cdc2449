import { LogTail, type TailText } from "./log-tail.js";

export interface LogLimits {
  /** Of one task. */
  taskBytes: number;
  /** Of all tasks together; tasks that have not ended may exceed it. */
  allBytes: number;
  /** What a task that has ended keeps where there is too much. */
  leastBytes: number;
}

const LIMITS: LogLimits = { taskBytes: 64 * 1024, allBytes: 32 * 1024 * 1024, leastBytes: 2 * 1024 };

/**
 * The ends of what the tasks of a run printed, bounded all together: where there is too much, the tasks that succeeded
 * lose all but their last lines first, then those that did not, in both cases the ones that ended first. What is kept
 * depends on nothing but the order of the calls.
 */
export class LogTails<Key> {
  readonly #limits: LogLimits;
  readonly #tails = new Map<Key, LogTail>();
  readonly #ended = { succeeded: new Queue<LogTail>(), other: new Queue<LogTail>() };
  #heldBytes = 0;

  constructor(limits: Partial<LogLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  add(key: Key, bytes: Uint8Array): void {
    const tail = this.#tails.get(key) ?? new LogTail(this.#limits.taskBytes);
    this.#tails.set(key, tail);
    this.#change(tail, () => tail.push(bytes));
    while (this.#heldBytes > this.#limits.allBytes && this.#shrinkOne());
  }

  /** Adds a line of its own. */
  addLine(key: Key, line: string): void {
    const isWithinLine = this.#tails.get(key)?.endsLine === false;
    this.add(key, Buffer.from(`${isWithinLine ? "\n" : ""}${line}\n`));
  }

  /** Nothing more comes of it. */
  end(key: Key, succeeded: boolean): void {
    const tail = this.#tails.get(key);
    if (!tail) return;
    this.#change(tail, () => tail.shrink(this.#limits.taskBytes));
    this.#ended[succeeded ? "succeeded" : "other"].add(tail);
  }

  read(key: Key): TailText {
    return this.#tails.get(key)?.read() ?? { text: "", cutBytes: 0 };
  }

  #shrinkOne(): boolean {
    const tail = this.#ended.succeeded.take() ?? this.#ended.other.take();
    if (tail) this.#change(tail, () => tail.shrink(this.#limits.leastBytes));
    return tail !== undefined;
  }

  #change(tail: LogTail, change: () => void): void {
    this.#heldBytes -= tail.heldBytes;
    change();
    this.#heldBytes += tail.heldBytes;
  }
}

/** First in, first out, without moving what waits. */
class Queue<Item> {
  readonly #items: (Item | undefined)[] = [];
  #next = 0;

  add(item: Item): void {
    this.#items.push(item);
  }

  take(): Item | undefined {
    const item = this.#items[this.#next];
    if (this.#next < this.#items.length) this.#items[this.#next++] = undefined;
    return item;
  }
}
