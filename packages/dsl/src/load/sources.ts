import type { SourcePosition } from "../model.js";
import { type BuilderCall, findBuilderCalls } from "../source/builder-calls.js";
import { literalValueAt } from "../source/literal-value.js";
import { prepareSource } from "../source/prepare-source.js";
import { SourceText } from "../source/source-text.js";
import type { LayoutEntry } from "../source/table-layout.js";
import type { MadeAt } from "./fluent-builder.js";

/** Where something is written. */
export interface Position extends SourcePosition {
  /** In bytes from the start of the file, where more than the line is known. */
  offset?: number | undefined;
}

/** A position as a person reads it; without a line where only the file is known. */
export interface Location {
  file: string;
  line?: number;
  column?: number;
  source?: string;
}

/** The files that a workflow was loaded from, as positions and messages need them. */
export class Sources {
  readonly #texts = new Map<string, SourceText>();
  readonly #calls = new Map<string, Map<number, BuilderCall[]>>();

  constructor(
    /** The name of the workflow file. */
    readonly main: string,
    /** All files, as they were read. */
    private readonly files: ReadonlyMap<string, Uint8Array>,
  ) {}

  /** The names of the files that were imported and required, in an order that is the same everywhere. */
  others(): string[] {
    return [...this.files.keys()].filter((name) => name !== this.main).sort();
  }

  /** A file as Lua saw it, but for the two-word name of the table of groups; empty where there is no such file. */
  bytes(file: string): Uint8Array {
    return this.#text(file).bytes;
  }

  /** The file that Lua calls so; it leaves out the start of long names. */
  find(shown: string): string | undefined {
    if (this.files.has(shown)) return shown;
    if (!shown.startsWith("...")) return undefined;
    const [found, second] = [...this.files.keys()].filter((name) => name.endsWith(shown.slice(3)));
    return second === undefined ? found : undefined;
  }

  /** A position with its column and the text of its line, as far as they are known. */
  locate({ file, line, offset }: Partial<Position> & { file: string }): Location {
    if (line === undefined) return { file };
    const text = this.#text(file);
    const place = offset === undefined ? { line } : text.placeOf(offset);
    const source = text.line(place.line);
    return { file, ...place, ...(source !== undefined && { source }) };
  }

  /** Where a builder of the fluent form was made: to the column, where its call can be told from others of its line. */
  builderPosition({ file, line, name }: MadeAt): Position {
    const calls = this.#callsIn(file).get(line) ?? [];
    const named = calls.filter((call) => call.name === name);
    const [first, second] = named.length > 0 ? named : calls.filter((call) => call.name === undefined);
    return { file, line, ...(first && !second && { offset: first.offset }) };
  }

  /** Where a text is written out as the value of an entry, or in a list that is; as an offset. */
  findText(file: string, entry: LayoutEntry | undefined, text: string): number | undefined {
    const offsets = entry?.table ? entry.table.entries.map((item) => item.valueOffset) : [entry?.valueOffset];
    const bytes = this.bytes(file);
    return offsets.find((offset) => {
      const literal = offset === undefined ? undefined : literalValueAt(bytes, offset);
      return literal?.kind === "string" && literal.text === text;
    });
  }

  /** By line. */
  #callsIn(file: string): Map<number, BuilderCall[]> {
    const known = this.#calls.get(file);
    if (known) return known;
    const calls = new Map<number, BuilderCall[]>();
    for (const call of findBuilderCalls(this.bytes(file))) {
      const beside = calls.get(call.line);
      if (beside) beside.push(call);
      else calls.set(call.line, [call]);
    }
    this.#calls.set(file, calls);
    return calls;
  }

  #text(file: string): SourceText {
    const known = this.#texts.get(file);
    if (known) return known;
    const text = new SourceText(prepareSource(this.files.get(file) ?? new Uint8Array()));
    this.#texts.set(file, text);
    return text;
  }
}
