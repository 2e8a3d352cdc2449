import { formatByteSize } from "../byte-size.js";

/** What a value from a function may take: the thread that runs it can hold that, and what is made of it. */
export const MAX_VALUE_BYTES = 64 * 1024 * 1024;

/** What the definitions of a workflow may take. */
export const MAX_DEFINITION_BYTES = 256 * 1024 * 1024;

/** What a value costs beside its text. */
const ITEM_BYTES = 32;

/**
 * How much of a value has been read. What is reached twice counts twice, since whoever walks the value goes
 * there twice: tables in tables, each there two times, would multiply without end.
 */
export class ValueBudget {
  #usedBytes = 0;

  constructor(readonly limitBytes: number) {}

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get isExceeded(): boolean {
    return this.#usedBytes > this.limitBytes;
  }

  /** For a message: the rest of a sentence. */
  get problem(): string {
    return `is too large: more than ${formatByteSize(this.limitBytes)}`;
  }

  addItem(textBytes = 0): void {
    this.#usedBytes += ITEM_BYTES + textBytes;
  }

  /** A key, or again what was read before. */
  add(bytes: number): void {
    this.#usedBytes += bytes;
  }
}
