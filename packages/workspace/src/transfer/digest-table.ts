import { randomFillSync } from "node:crypto";

const DIGEST_BYTES = 32;
const WORDS = DIGEST_BYTES / 4;
const FIRST_CAPACITY = 1024;

/**
 * Where a digest is looked for depends on these, so that nobody can choose digests that are all looked for in one
 * place: a peer names them, and comparing each with each of a million takes hours.
 */
const KEYS = randomFillSync(new Uint32Array(WORDS));

/** SHA-256 digests, numbered as they come; about 45 bytes each, where a `Map` of strings takes 150. */
export class DigestTable {
  /** The digests one after the other; the one that is looked for is written behind the last. */
  #words = new Uint32Array(FIRST_CAPACITY * WORDS);
  #bytes = Buffer.from(this.#words.buffer);
  /** A number and one, or 0; twice as many as there is room for digests. */
  #slots = new Uint32Array(FIRST_CAPACITY * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of a digest in hex; -1 when it is not here. */
  indexOf(digest: string): number {
    return (this.#slots[this.#slotOf(digest)] ?? 0) - 1;
  }

  /** Its number, which is a new one if it was not here. */
  add(digest: string): number {
    const slot = this.#slotOf(digest);
    const known = this.#slots[slot] ?? 0;
    if (known > 0) return known - 1;
    this.#slots[slot] = ++this.#size;
    if (this.#size * WORDS === this.#words.length) this.#grow();
    return this.#size - 1;
  }

  #slotOf(digest: string): number {
    const start = this.#size * DIGEST_BYTES;
    const isDigest =
      digest.length === 2 * DIGEST_BYTES && this.#bytes.write(digest, start, "hex") === DIGEST_BYTES;
    if (!isDigest) throw new TypeError("A content is named by something that is no SHA-256 in hex.");
    return this.#find(this.#size);
  }

  /** The slot of the digest that is written at a number, or the one that it would get. */
  #find(number: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = this.#scatter(number) & mask; ; slot = (slot + 1) & mask) {
      const other = this.#slots[slot] ?? 0;
      if (other === 0 || this.#isEqual(other - 1, number)) return slot;
    }
  }

  #isEqual(a: number, b: number): boolean {
    for (let word = 0; word < WORDS; word++) {
      if (this.#words[a * WORDS + word] !== this.#words[b * WORDS + word]) return false;
    }
    return true;
  }

  #scatter(number: number): number {
    let sum = 0;
    for (let word = 0; word < WORDS; word++) {
      const mixed =
        Math.imul((this.#words[number * WORDS + word] ?? 0) ^ (KEYS[word] ?? 0), 0x9e3779b1) ^ sum;
      sum = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) + (mixed >>> 13);
    }
    return (sum ^ (sum >>> 16)) >>> 0;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#bytes = Buffer.from(words.buffer);
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#size; number++) this.#slots[this.#find(number)] = number + 1;
  }
}
