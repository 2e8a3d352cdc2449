import {
  findTableLayouts,
  type LayoutEntry,
  repeatedNames,
  type TableLayout,
} from "../source/table-layout.js";
import type { Diagnostics } from "./diagnostics.js";
import { fits } from "./fits.js";
import type { RawTable, RawValue } from "./raw-model.js";
import { GROUP_TABLE_NAMES } from "./read-definitions.js";
import { SourceMap } from "./source-map.js";
import type { Position, Sources } from "./sources.js";

interface Written {
  file: string;
  bytes: Uint8Array;
  layout: TableLayout;
}

interface Candidate {
  file: string;
  bytes: Uint8Array;
  entry: LayoutEntry;
}

/** What the files of a workflow assign to the table of groups, as constructors that are written out. */
export class WrittenGroups {
  /** In the order of the source; the workflow file is the last, since it runs to its end after all others. */
  readonly #written: Written[];
  readonly #byGroup = new Map<string, Candidate[]>();

  /** @param bytes - the workflow file as Lua accepted it */
  constructor(
    private readonly sources: Sources,
    bytes: Uint8Array,
  ) {
    const others = sources.others().map((file) => ({ file, bytes: sources.bytes(file) }));
    this.#written = [...others.filter(namesTheTable), { file: sources.main, bytes }].flatMap((source) =>
      findTableLayouts(source.bytes, GROUP_TABLE_NAMES).map((layout) => ({ ...source, layout })),
    );
    for (const { file, bytes, layout } of this.#written) {
      for (const entry of layout.entries) this.#add({ file, bytes, entry });
    }
  }

  /** Where the table of groups is: in the workflow file, if that assigns to it. */
  get at(): Position {
    const { main } = this.sources;
    const first = this.#written.find(({ file }) => file === main) ?? this.#written[0];
    return first
      ? { file: first.file, line: first.layout.line, offset: first.layout.offset }
      : { file: main, line: 1 };
  }

  /** Reports groups that one constructor names twice; to assign a second time is to replace. */
  refuseRepeated(groups: RawTable, report: Diagnostics): void {
    for (const { file, layout } of this.#written) {
      for (const { entry, first } of repeatedNames(layout)) {
        const group = String(entry.key);
        if (groups[group] === undefined) continue;
        report.add(
          { file, line: entry.line, offset: entry.offset, group },
          `is defined twice, first in line ${first.line}`,
        );
      }
    }
  }

  /** Where each group is written. */
  map(groups: RawTable): SourceMap {
    const map = new SourceMap(this.at);
    for (const name of Object.keys(groups)) {
      const made = this.#find(name, groups[name] ?? null);
      if (made) map.add(made.file, made.entry);
    }
    return map;
  }

  /** The last constructor that can have made the group, else the last; branches that did not run are there too. */
  #find(name: string, group: RawValue): Candidate | undefined {
    const candidates = this.#byGroup.get(name) ?? [];
    if (candidates.length < 2) return candidates[0];
    return candidates.findLast((candidate) => fits(candidate.entry, group, candidate)) ?? candidates.at(-1);
  }

  #add(candidate: Candidate): void {
    const group = String(candidate.entry.key);
    const known = this.#byGroup.get(group);
    if (known) known.push(candidate);
    else this.#byGroup.set(group, [candidate]);
  }
}

function namesTheTable({ bytes }: { bytes: Uint8Array }): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return GROUP_TABLE_NAMES.some((name) => text.includes(name));
}
