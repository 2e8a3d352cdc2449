import { isRawTable, type RawValue } from "./raw-model.js";

/** The field in which a builder of the fluent form (prelude.ts) notes the line that it was made in. */
export const FLUENT_LINE = "@line";

/** The line in which a builder was made; undefined for a table that is written out. */
export function fluentLine(raw: RawValue): number | undefined {
  const line = isRawTable(raw) ? raw[FLUENT_LINE] : undefined;
  return typeof line === "number" ? line : undefined;
}
