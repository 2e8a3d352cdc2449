import { NotDataError, writePath } from "../lua/read-value.js";
import type { LuaTable } from "../model.js";

/** The path to what is being written, for messages. */
export class Trail {
  #keys: (string | number)[] = [];

  /** Writes an entry of what is being written. */
  enter(key: string | number, write: () => void): void {
    this.#keys.push(key);
    write();
    this.#keys.pop();
  }

  refuse(problem: string): NotDataError {
    return new NotDataError(`${writePath("value", this.#keys)} ${problem}`);
  }
}

/** Sorted by bytes, so that the same table is always written the same. */
export function sortedKeys(table: LuaTable): string[] {
  const keys = Object.keys(table).sort();
  // JavaScript's order is another one beyond the 16 bits of its characters only.
  if (!keys.some((key) => /[\ud800-\udfff]/.test(key))) return keys;
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/**
 * A float as JSON and YAML write it, so that it comes back as one: not as the integer that its digits spell where those
 * are beyond what a float holds exactly. Integers that a float does hold are the same as integers (model.ts).
 */
export function writeNumber(value: number | bigint): string {
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return typeof value === "bigint" || Number.isSafeInteger(value) || !/^-?\d+$/.test(text)
    ? text
    : `${text}.0`;
}
