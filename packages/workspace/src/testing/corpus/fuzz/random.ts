/** Numbers that depend on a seed alone: Chris Doty-Humphrey's sfc32, https://pracrand.sourceforge.net/RNG_engines.txt */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number, index: number) {
    this.#state = Uint32Array.of(seed, index, 0x9e3779b9, 1);
    for (let round = 0; round < 15; round++) this.#next();
  }

  /** From 0 to `end`, which it never is. */
  below(end: number): number {
    return Math.floor((this.#next() / 2 ** 32) * end);
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** @throws when there is none */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error("There is nothing to choose from.");
    return choice;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  #next(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, counter = 0] = state;
    const result = (a + b + counter) >>> 0;
    state.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + result, counter + 1]);
    return result;
  }
}
