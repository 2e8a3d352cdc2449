import type { LayoutEntry, TableLayout } from "../source/table-layout.js";
import { isRawTable, RawFunction, type RawTable, type RawValue } from "./raw-model.js";
import type { Position } from "./sources.js";

/** Where something is written, and what the source text shows of its inside. */
export interface Spot extends Position {
  layout?: TableLayout | undefined;
}

/** Looks entries of a literal table up by key. Where a key stands twice, Lua keeps the last, and so do we. */
export class SourceMap {
  private readonly byKey = new Map<string | number, { file: string; entry: LayoutEntry }>();

  /** @param around - where the table is, with its layout */
  constructor(private readonly around: Spot) {
    for (const entry of around.layout?.entries ?? []) this.add(around.file, entry);
  }

  add(file: string, entry: LayoutEntry): void {
    if (entry.key !== undefined) this.byKey.set(entry.key, { file, entry });
  }

  entry(key: string | number): LayoutEntry | undefined {
    return this.byKey.get(key)?.entry;
  }

  /**
   * The spot of an entry: as written; else, for a function, its own; else that of the entry `through` which it came;
   * (or of what that has inside); else where the first function in it is, if that is in the file of the table; else
   * the table's.
   */
  find(key: string | number, value: RawValue, through?: string): Spot {
    const written = this.written(key);
    if (written) return written;
    if (value instanceof RawFunction && value.at) return value.at;
    const source = through === undefined ? undefined : this.written(through);
    if (source) return new SourceMap(source).find(key, null, through);
    const { layout: _, ...around } = this.around;
    const inside = firstFunction(value, this.around.file);
    return inside ?? around;
  }

  /** Keys in the order of the source: those of the table's own file first; by line, then by column, then by name. */
  inSourceOrder(table: RawTable): string[] {
    const ranked = Object.keys(table).map((key) => {
      const at = this.written(key) ?? firstFunction(table[key] ?? null);
      const rank = at === undefined ? 2 : at.file === this.around.file ? 0 : 1;
      return { key, rank, file: at?.file ?? "", line: at?.line ?? 0, offset: at?.offset ?? 0 };
    });
    ranked.sort(
      (a, b) =>
        a.rank - b.rank ||
        compare(a.file, b.file) ||
        a.line - b.line ||
        a.offset - b.offset ||
        compare(a.key, b.key),
    );
    return ranked.map((entry) => entry.key);
  }

  private written(key: string | number): Spot | undefined {
    const known = this.byKey.get(key);
    if (!known) return undefined;
    const { line, offset, table } = known.entry;
    return { file: known.file, line, offset, layout: table };
  }
}

/** The first of the functions in a value that are written in a file, or in that one. */
function firstFunction(value: RawValue, file?: string): Position | undefined {
  if (value instanceof RawFunction)
    return file === undefined || value.at?.file === file ? value.at : undefined;
  if (!Array.isArray(value) && !isRawTable(value)) return undefined;
  let first: Position | undefined;
  for (const item of Object.values(value)) {
    const at = firstFunction(item, file);
    if (
      at &&
      (!first || compare(at.file, first.file) < 0 || (at.file === first.file && at.line < first.line))
    )
      first = at;
  }
  return first;
}

/** By code units, not by locale: the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
