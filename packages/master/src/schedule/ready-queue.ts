/**
 * First in, first out, without those that are not wanted any more. Not a `Set`: to find its first one costs a look at all
 * that were deleted before it.
 */
export class ReadyQueue<T> {
  readonly #isReady: (item: T) => boolean;
  #items: T[] = [];
  #next = 0;

  /** @param isReady - once it is not, it never is again */
  constructor(isReady: (item: T) => boolean) {
    this.#isReady = isReady;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  /** The first one, which stays. */
  get first(): T | undefined {
    for (let item = this.#items[this.#next]; item !== undefined; item = this.#items[++this.#next])
      if (this.#isReady(item)) return item;
    this.#items = [];
    this.#next = 0;
    return undefined;
  }
}
