import { isRawTable, type RawValue } from "./raw-model.js";

/** The field in which a builder of the fluent form (prelude.ts) notes the line that it was made in. */
export const FLUENT_LINE = "@line";

/** The line in which a builder was made, and its name; undefined for a table that is written out. */
export function fluentBuilder(raw: RawValue): { line: number; name: RawValue } | undefined {
  if (!isRawTable(raw)) return undefined;
  const line = raw[FLUENT_LINE];
  return typeof line === "number" ? { line, name: raw.name ?? null } : undefined;
}
