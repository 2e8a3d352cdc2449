import { type Changeset, type ManifestEntry, sameEntry } from "../manifest/entry.js";
import { comparePaths } from "../manifest/path-rules.js";
import { IndexCursor, type KnownEntry } from "./index-cursor.js";
import type { StatIndex } from "./stat-index.js";

/** What turns one tree into another, as `diffManifests` has it, without looking into directories that are equal. */
export function diffIndexes(before: StatIndex, after: StatIndex): Changeset {
  return new IndexDiff(before, after).run();
}

class IndexDiff {
  readonly #before: IndexCursor;
  readonly #after: IndexCursor;
  readonly #upserts: ManifestEntry[] = [];
  readonly #deletions: string[] = [];

  constructor(before: StatIndex, after: StatIndex) {
    this.#before = new IndexCursor(before);
    this.#after = new IndexCursor(after);
  }

  run(): Changeset {
    this.#directory("", this.#before.root, this.#after.root);
    return { upserts: this.#upserts, deletions: this.#deletions };
  }

  #directory(path: string, before: number | undefined, after: number | undefined): void {
    const left = this.#before.directory(before, path).entries;
    const right = this.#after.directory(after, path).entries;
    for (let l = 0, r = 0; l < left.length || r < right.length; ) {
      const a = left[l];
      const b = right[r];
      const order = a === undefined ? 1 : b === undefined ? -1 : comparePaths(a.entry.path, b.entry.path);
      if (order <= 0) l++;
      if (order >= 0) r++;
      this.#entry(order <= 0 ? a : undefined, order >= 0 ? b : undefined);
    }
  }

  #entry(before: KnownEntry | undefined, after: KnownEntry | undefined): void {
    const entry = after?.entry ?? before?.entry;
    if (entry === undefined) return;
    if (after === undefined) this.#deletions.push(entry.path);
    else if (before === undefined || !sameEntry(before.entry, after.entry)) this.#upserts.push(entry);
    if (before?.listingDigest === after?.listingDigest) return;
    this.#directory(entry.path, before?.listing, after?.listing);
  }
}
