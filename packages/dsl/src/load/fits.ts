import { literalValueAt } from "../source/literal-value.js";
import type { LayoutEntry, TableLayout } from "../source/table-layout.js";
import { isRawTable, RawFunction, type RawValue } from "./raw-model.js";

/**
 * Whether what is written can have made a value: the keys are the same, and so are the strings and functions that
 * are written out. Tells apart the constructors of which one ran, as in the branches of an `if`.
 */
export function fits(
  entry: LayoutEntry,
  value: RawValue,
  source: { file: string; bytes: Uint8Array },
): boolean {
  if (entry.table) return fitsTable(entry.table, value, source);
  const literal = literalValueAt(source.bytes, entry.valueOffset);
  if (literal.kind === "string") return literal.text === undefined || literal.text === value;
  if (literal.kind !== "function") return true;
  return value instanceof RawFunction && value.at?.file === source.file && value.at.line >= entry.line;
}

function fitsTable(
  { entries }: TableLayout,
  value: RawValue,
  source: { file: string; bytes: Uint8Array },
): boolean {
  if (!Array.isArray(value) && !isRawTable(value)) return false;
  const keys = new Set(entries.map(({ key }) => key));
  if (isRawTable(value) && !keys.has(undefined) && Object.keys(value).some((key) => !keys.has(key)))
    return false;
  return entries.every((entry) => {
    if (entry.key === undefined) return true;
    const item = isRawTable(value) ? value[entry.key] : value[Number(entry.key) - 1];
    return fits(entry, item ?? null, source);
  });
}
