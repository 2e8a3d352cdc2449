import { sha256 } from "../bundle/sha256.js";
import type { Group, Task } from "../model.js";

/** SHA-256 (hex) over names, fields and the lines of functions. */
export function hashModel(groups: readonly Group[]): string {
  const hash = sha256();
  for (const group of groups) {
    const { at: _, tasks: __, ...fields } = group;
    hash.update(`group ${canonicalText(fields)}\n`);
    for (const task of group.tasks) hash.update(`task ${canonicalText(hashedFields(task))}\n`);
  }
  return hash.digest("hex");
}

/** Where a function stands decides which one is called; where anything else stands does not matter. */
function hashedFields(task: Task): Record<string, unknown> {
  const { at: _, ...fields } = task;
  return fields;
}

/** One text for each value: keys sorted, kinds of numbers and strings told apart. */
export function canonicalText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  const table = value as Record<string, unknown>;
  const fields = Object.keys(table)
    .filter((key) => table[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(table[key])}`);
  return `{${fields.join(",")}}`;
}
