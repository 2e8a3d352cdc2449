import type { ReadValue } from "../lua/read-value.js";
import type { SourcePosition } from "../model.js";

/** A function in a definition: where it is written, and the registry's reference to call it by. */
export class RawFunction {
  constructor(
    /** Absent for functions that are not written in a file. */
    readonly at: SourcePosition | undefined,
    readonly reference: number,
  ) {}
}

/** Stands where a definition holds what is not data: a coroutine, a cycle, a table that mixes both forms. */
export class Unreadable {
  constructor(
    /** The rest of a sentence whose subject is the path. */
    readonly problem: string,
    readonly path: string,
  ) {}
}

/** A definition as it came out of Lua, not checked yet. */
export type RawValue = ReadValue<RawFunction | Unreadable>;
export type RawTable = { [key: string]: RawValue };

export function isRawTable(value: RawValue | undefined): value is RawTable {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array || value instanceof RawFunction || value instanceof Unreadable)
  );
}

/** For messages: what a value is, in the words of Lua. */
export function describeType(value: RawValue | undefined): string {
  if (value === null || value === undefined) return "nil";
  if (value instanceof RawFunction) return "a function";
  if (value instanceof Uint8Array) return "a string that is not valid UTF-8";
  if (value instanceof Unreadable) return `something else: ${value.path} ${value.problem}`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a string";
  if (typeof value === "boolean") return `the boolean ${value}`;
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  return "a table";
}

/** The first thing inside a value that is not plain data. */
export function findNonData(value: RawValue, path: string): { problem: string; path: string } | undefined {
  if (value instanceof Unreadable) return value;
  if (value instanceof RawFunction) return { path, problem: "is a function, which is not data" };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = findNonData(item, `${path}[${index + 1}]`);
      if (found) return found;
    }
  } else if (isRawTable(value)) {
    for (const key of Object.keys(value)) {
      const found = findNonData(value[key] ?? null, `${path}.${key}`);
      if (found) return found;
    }
  }
  return undefined;
}
