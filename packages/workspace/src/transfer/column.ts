const FIRST_CAPACITY = 1024;

/** Numbers that grow at the end, eight bytes each; 0 where none was set. */
export class Column {
  #numbers = new Float64Array(FIRST_CAPACITY);

  get(index: number): number {
    return this.#numbers[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#numbers.length) this.#growFor(index);
    this.#numbers[index] = value;
  }

  #growFor(index: number): void {
    const grown = new Float64Array(Math.max(this.#numbers.length * 2, index + 1));
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}
