import { type ManifestEntry, someEntries } from "../manifest/entry.js";
import { bodiesOf } from "../transfer/bodies.js";

/** Files whose contents have to be received, in tree order; may be walked again. */
export class MissingContents implements Iterable<ManifestEntry> {
  readonly entries: Iterable<ManifestEntry>;

  constructor(entries: Iterable<ManifestEntry>) {
    this.entries = entries;
  }

  /** Without those whose content is there; each content is asked about once. */
  static without(
    entries: Iterable<ManifestEntry>,
    isThere: (entry: ManifestEntry) => boolean,
  ): MissingContents {
    const bodies = bodiesOf(entries);
    const there = new Uint8Array(bodies.length);
    let found = 0;
    for (const { entry, index } of firstUses(entries)) {
      if (!isThere(entry)) continue;
      there[index] = 1;
      found++;
    }
    if (found === 0) return new MissingContents(entries);
    if (found === bodies.length) return new MissingContents([]);
    return new MissingContents(someEntries(entries, ({ digest }) => there[bodies.indexOf(digest)] === 0));
  }

  /** How many files. */
  get count(): number {
    return bodiesOf(this.entries).files;
  }

  [Symbol.iterator](): Iterator<ManifestEntry> {
    return this.entries[Symbol.iterator]();
  }
}

function* firstUses(entries: Iterable<ManifestEntry>): Generator<{ entry: ManifestEntry; index: number }> {
  const bodies = bodiesOf(entries);
  let next = 0;
  for (const entry of entries) {
    const index = bodies.indexOf(entry.digest);
    if (index !== next) continue;
    next++;
    yield { entry, index };
  }
}
