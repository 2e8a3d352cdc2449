/**
 * What the library keeps in JavaScript for the task that a state serves: files by number, calls that have begun. When a
 * state is put back to what it was (memory-image.ts), this is emptied.
 */
export class TaskMemory {
  readonly #kept: { clear(): void }[] = [];

  /** A map that is emptied with the rest. */
  map<Key, Value>(): Map<Key, Value> {
    return this.add(new Map<Key, Value>());
  }

  add<Kept extends { clear(): void }>(kept: Kept): Kept {
    this.#kept.push(kept);
    return kept;
  }

  clear(): void {
    for (const kept of this.#kept) kept.clear();
  }
}
