import type { LayoutEntry, TableLayout } from "../source/table-layout.js";
import { isRawTable, RawFunction, type RawValue } from "./raw-model.js";

/** Where something is written: its line, and what the source text shows of its inside. */
export interface Spot {
  line: number;
  layout: TableLayout | undefined;
}

/** Looks entries of a literal table up by key. Where a key stands twice, Lua keeps the last, and so do we. */
export class SourceMap {
  private readonly byKey = new Map<string | number, { entry: LayoutEntry; order: number }>();
  /** Names that are written twice, with the line of the first. */
  readonly repeated: { key: string; line: number; firstLine: number }[] = [];

  constructor(layout: TableLayout | undefined) {
    for (const [order, entry] of (layout?.entries ?? []).entries()) {
      if (entry.key === undefined) continue;
      const first = this.byKey.get(entry.key);
      if (first && typeof entry.key === "string")
        this.repeated.push({ key: entry.key, line: entry.line, firstLine: first.entry.line });
      this.byKey.set(entry.key, { entry, order });
    }
  }

  /** The spot of an entry: as written, else where the first of its functions is, else `otherwise`. */
  find(key: string | number, value: RawValue, otherwise: number): Spot {
    const entry = this.byKey.get(key)?.entry;
    return { line: entry?.line ?? firstFunctionLine(value) ?? otherwise, layout: entry?.table };
  }

  /** Keys in the order of the source: by line, then as written, then by name. */
  inSourceOrder(table: { [key: string]: RawValue }): string[] {
    const ranked = Object.keys(table).map((key) => ({
      key,
      line: this.find(key, table[key] ?? null, Number.POSITIVE_INFINITY).line,
      order: this.byKey.get(key)?.order ?? Number.POSITIVE_INFINITY,
    }));
    ranked.sort((a, b) => compare(a.line, b.line) || compare(a.order, b.order) || compare(a.key, b.key));
    return ranked.map((entry) => entry.key);
  }
}

/** The smallest line of a function in a value. */
function firstFunctionLine(value: RawValue): number | undefined {
  if (value instanceof RawFunction) return value.at?.line;
  if (!Array.isArray(value) && !isRawTable(value)) return undefined;
  let first: number | undefined;
  for (const item of Object.values(value)) {
    const line = firstFunctionLine(item);
    if (line !== undefined && line < (first ?? Number.POSITIVE_INFINITY)) first = line;
  }
  return first;
}

/** By code units, not by locale: the same everywhere. */
function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
