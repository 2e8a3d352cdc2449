/**
 * Values of Lua as JSON, exactly:
 *
 * - An integer beyond 2^53 is a JSON integer (`json-text.ts`); a float whose digits spell an integer beyond 2^53 gets a `.0`.
 * - A string that is not UTF-8 is `{ "base64": "…" }`.
 * - What JSON has no number for is `{ "number": "nan" | "inf" | "-inf" }`.
 * - A table whose only key is one of these words, or `integer`, is `{ "table": { … } }`.
 *
 * Readers that take every number as a float lose digits of large integers, and nothing else.
 */
import type { LuaTable, LuaValue } from "@sloth/dsl";

/** What `writeJson` writes: values of JSON, and `bigint`. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;

export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** Keys with a meaning where they stand alone. `integer` is for `parseJson` only. */
const WORDS: ReadonlySet<string> = new Set(["base64", "number", "table", "integer"]);

export function toJsonValue(value: LuaValue): JsonValue {
  if (typeof value === "number" && !Number.isFinite(value)) return { number: nameOf(value) };
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(toJsonValue);
  const table: JsonObject = Object.create(null);
  for (const [key, item] of Object.entries(value)) table[key] = toJsonValue(item);
  return wordOf(table) === undefined ? table : { table };
}

/** Reads what {@link toJsonValue} made and `parseJson` parsed. What it cannot have made is read as it stands. */
export function fromJsonValue(value: unknown): LuaValue {
  if (Array.isArray(value)) return value.map(fromJsonValue);
  if (typeof value !== "object" || value === null) return value as LuaValue;
  const object = value as Record<string, unknown>;
  const word = wordOf(object);
  const inside = word === undefined ? undefined : object[word];
  if (typeof inside === "string") {
    if (word === "base64") return new Uint8Array(Buffer.from(inside, "base64"));
    if (word === "integer" && INTEGER.test(inside)) return BigInt(inside);
    if (word === "number" && Object.hasOwn(UNWRITABLE, inside)) return UNWRITABLE[inside] as number;
  }
  return toTable(word === "table" && typeof inside === "object" && inside !== null ? inside : object);
}

function toTable(object: object): LuaTable {
  const table: LuaTable = Object.create(null);
  for (const [key, item] of Object.entries(object)) table[key] = fromJsonValue(item);
  return table;
}

function wordOf(object: object): string | undefined {
  const [key, another] = Object.keys(object);
  return key !== undefined && another === undefined && WORDS.has(key) ? key : undefined;
}

const INTEGER = /^-?\d+$/;
const UNWRITABLE: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

function nameOf(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
