import type { LuaTable, LuaValue } from "../model.js";
import { sortedKeys, Trail, writeNumber } from "./written-values.js";

/** Of a text: a table that occurs often in itself would grow without bound. */
const LIMIT_BYTES = 256 * 1024 * 1024;

/** Text that is collected before it becomes bytes. */
const PENDING_CHARACTERS = 64 * 1024;

/**
 * Writes a value as JSON: keys sorted, in lines with `indent` spaces for each level unless that is 0.
 * @throws {NotDataError} for nan, infinities and strings that are not UTF-8, with the path
 */
export function writeJson(value: LuaValue, indent: number): Uint8Array {
  return new JsonWriter(indent).write(value);
}

class JsonWriter {
  readonly #colon: string;
  readonly #trail = new Trail();
  readonly #chunks: Buffer[] = [];
  #pending = "";
  #sizeBytes = 0;

  constructor(private readonly indent: number) {
    this.#colon = indent > 0 ? ": " : ":";
  }

  write(value: LuaValue): Uint8Array {
    this.#value(value, 0);
    this.#flush();
    return Buffer.concat(this.#chunks);
  }

  #value(value: LuaValue, depth: number): void {
    if (value === null || typeof value === "boolean") this.#add(String(value));
    else if (typeof value === "string") this.#add(JSON.stringify(value));
    else if (typeof value === "bigint") this.#add(writeNumber(value));
    else if (typeof value === "number") this.#number(value);
    else if (value instanceof Uint8Array) throw this.#trail.refuse("is a string that is not valid UTF-8");
    else if (Array.isArray(value)) this.#list(value, depth);
    else this.#object(value, depth);
  }

  #number(value: number): void {
    if (!Number.isFinite(value)) throw this.#trail.refuse(`is ${value}, which JSON has no word for`);
    this.#add(writeNumber(value));
  }

  #list(list: LuaValue[], depth: number): void {
    this.#add("[");
    list.forEach((item, index) => {
      this.#next(index, depth);
      this.#trail.enter(index + 1, () => this.#value(item, depth + 1));
    });
    if (list.length > 0) this.#line(depth);
    this.#add("]");
  }

  #object(table: LuaTable, depth: number): void {
    const keys = sortedKeys(table);
    this.#add("{");
    keys.forEach((key, index) => {
      this.#next(index, depth);
      this.#add(JSON.stringify(key) + this.#colon);
      this.#trail.enter(key, () => this.#value(table[key] ?? null, depth + 1));
    });
    if (keys.length > 0) this.#line(depth);
    this.#add("}");
  }

  #next(index: number, depth: number): void {
    if (index > 0) this.#add(",");
    this.#line(depth + 1);
  }

  #line(depth: number): void {
    if (this.indent > 0) this.#add(`\n${" ".repeat(depth * this.indent)}`);
  }

  #add(text: string): void {
    this.#pending += text;
    if (this.#pending.length > PENDING_CHARACTERS) this.#flush();
  }

  #flush(): void {
    const chunk = Buffer.from(this.#pending);
    this.#pending = "";
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > LIMIT_BYTES)
      throw this.#trail.refuse(`is where the text grows larger than ${LIMIT_BYTES / 1024 / 1024} MiB`);
    this.#chunks.push(chunk);
  }
}
