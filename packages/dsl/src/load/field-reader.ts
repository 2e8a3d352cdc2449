import { parseDuration } from "../duration.js";
import type { Delegation, Environment, LuaTable } from "../model.js";
import { parseDelegation } from "./delegation.js";
import type { Diagnostics, Place } from "./diagnostics.js";
import { BUILDER_FIELDS } from "./fluent-builder.js";
import { type FieldSet, refuseField } from "./known-fields.js";
import {
  describeType,
  findNonData,
  isRawTable,
  RawFunction,
  type RawTable,
  type RawValue,
  Unreadable,
} from "./raw-model.js";

/**
 * Reads the fields of one group or task. A mistake is reported at its field, and reads as if the field
 * were absent, so that the rest is checked too.
 */
export class FieldReader {
  constructor(
    private readonly table: RawTable,
    private readonly fields: FieldSet,
    private readonly report: Diagnostics,
    private readonly place: (field: string) => Place,
  ) {}

  /** Reports every field that is not read, or not read yet. */
  refuseOthers(): void {
    for (const field of Object.keys(this.table)) {
      if (BUILDER_FIELDS.includes(field)) continue;
      const problem = refuseField(field, this.fields);
      if (problem) this.reject(field, problem);
    }
  }

  raw(field: string): RawValue {
    const value = this.table[field] ?? null;
    if (!(value instanceof Unreadable)) return value;
    this.reject(field, `${value.path} ${value.problem}`);
    return null;
  }

  text(field: string): string | undefined {
    const value = this.raw(field);
    if (typeof value === "string" && !value.includes("\0")) return value;
    if (typeof value === "string") return this.reject(field, "contains a NUL byte");
    return value === null ? undefined : this.reject(field, `must be a string, got ${describeType(value)}`);
  }

  /** A text that must not be empty: a path. */
  path(field: string): string | undefined {
    const value = this.text(field);
    return value === "" ? this.reject(field, "is empty; leave it out or name a directory") : value;
  }

  /** A whole number of at least `least`. */
  count(field: string, least = 0): number | undefined {
    const value = this.raw(field);
    if (value === null) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
    const range = least === 0 ? "zero or more" : `at least ${least}`;
    return this.reject(field, `must be a whole number, ${range}, got ${describeType(value)}`);
  }

  flag(field: string): boolean | undefined {
    const value = this.raw(field);
    if (value === null || typeof value === "boolean") return value ?? undefined;
    return this.reject(field, `must be true or false, got ${describeType(value)}`);
  }

  /** One of a few words. */
  choice<T extends string>(field: string, choices: readonly T[]): T | undefined {
    const value = this.raw(field);
    if (value === null) return undefined;
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    const got = typeof value === "string" ? JSON.stringify(value) : describeType(value);
    const hint = typeof value === "string" ? this.report.suggest(value, choices) : "";
    return this.reject(field, `must be ${alternatives(choices)}, got ${got}${hint}`);
  }

  durationMs(field: string): number | undefined {
    const value = this.raw(field);
    if (value === null) return undefined;
    const duration = parseDuration(value);
    return "problem" in duration ? this.reject(field, duration.problem) : duration.ms;
  }

  delegation(field: string): Delegation | false | undefined {
    const value = this.raw(field);
    if (value === null) return undefined;
    const parsed = parseDelegation(value);
    return "problem" in parsed ? this.reject(field, parsed.problem) : parsed.value;
  }

  /** One name or a list of names, each once. */
  names(field: string): string[] {
    const value = this.raw(field);
    if (value === null) return [];
    const list = typeof value === "string" ? [value] : value;
    if (isRawTable(list) && Object.keys(list).length === 0) return [];
    const wrong = Array.isArray(list) ? list.find((item) => typeof item !== "string") : list;
    if (Array.isArray(list) && wrong === undefined) return [...new Set(list as string[])];
    const what = Array.isArray(list) ? `a list with ${describeType(wrong)} in it` : describeType(wrong);
    this.reject(field, `must be a name or a list of names, got ${what}`);
    return [];
  }

  function(field: string): RawFunction | undefined {
    const value = this.raw(field);
    if (value === null || value instanceof RawFunction) return value ?? undefined;
    return this.reject(field, `must be a function, got ${describeType(value)}`);
  }

  /** A map of variable names to texts; numbers are taken as written. */
  environment(field: string): Environment | undefined {
    const value = this.raw(field);
    if (value === null) return undefined;
    if (!isRawTable(value))
      return this.reject(field, `must be a table of names and strings, got ${describeType(value)}`);
    const environment: Environment = {};
    for (const [name, raw] of Object.entries(value)) {
      const text = typeof raw === "number" || typeof raw === "bigint" ? String(raw) : raw;
      const problem = variableProblem(name, text);
      if (problem !== undefined) return this.reject(field, problem);
      environment[name] = text as string;
    }
    return environment;
  }

  /** A map of plain data. */
  data(field: string): LuaTable {
    const value = this.raw(field);
    if (value === null) return Object.create(null);
    if (!isRawTable(value)) this.reject(field, `must be a table with names, got ${describeType(value)}`);
    else {
      const wrong = findNonData(value, field);
      if (!wrong) return value as LuaTable;
      this.reject(field, `${wrong.path} ${wrong.problem}`);
    }
    return Object.create(null);
  }

  /** Reports a mistake at a field. */
  reject(field: string, message: string): undefined {
    this.report.add(this.place(field), message);
  }
}

function variableProblem(name: string, value: RawValue): string | undefined {
  if (name === "" || /[=\0]/.test(name)) return `has the impossible name ${JSON.stringify(name)}`;
  if (typeof value !== "string") return `${name} must be a string, got ${describeType(value)}`;
  return value.includes("\0") ? `${name} contains a NUL byte` : undefined;
}

function alternatives(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
