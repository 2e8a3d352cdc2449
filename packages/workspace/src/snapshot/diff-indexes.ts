import { type Changeset, type ManifestEntry, sameEntry } from "../manifest/entry.js";
import { comparePaths } from "../manifest/path-rules.js";
import { IndexCursor, type KnownEntry } from "./index-cursor.js";
import { ROW, type StatIndex } from "./stat-index.js";

/** An entry of one tree and that of the other at the same path. */
export interface Difference {
  before: KnownEntry | undefined;
  after: KnownEntry | undefined;
}

/** What turns one tree into another, as `diffManifests` has it. */
export function diffIndexes(before: StatIndex, after: StatIndex): Changeset {
  const upserts: ManifestEntry[] = [];
  const deletions: string[] = [];
  for (const difference of differences(before, after)) {
    if (difference.after !== undefined) upserts.push(difference.after.entry);
    else if (difference.before !== undefined) deletions.push(difference.before.entry.path);
  }
  return { upserts, deletions };
}

/** The same one by one, in tree order, without looking into directories that are equal; may be walked again. */
export function differences(before: StatIndex, after: StatIndex): Iterable<Difference> {
  const pairs = new IndexPairs(before, after);
  return {
    *[Symbol.iterator]() {
      for (const pair of pairs) if (!isSame(pair)) yield pair;
    },
  };
}

/** The identities of those files of a tree that are what they were in the one before. */
export function carryIdentities(before: StatIndex, after: StatIndex, entries: number): BigInt64Array {
  const rows = new BigInt64Array(entries * ROW);
  const carry = (from: number, to: number, at: number) =>
    rows.set(before.identities.subarray(from * ROW, to * ROW), at * ROW);
  const pairs = new IndexPairs(before, after);
  for (const pair of pairs) {
    if (pair.before === undefined || pair.after === undefined) continue;
    if (isSame(pair)) carry(pair.before.row, pair.before.row + 1, pair.after.row);
    const same = pairs.rowsOfEqual(pair);
    if (same !== undefined) carry(same.from, same.to, same.at);
  }
  return rows;
}

function isSame({ before, after }: Difference): boolean {
  return before !== undefined && after !== undefined && sameEntry(before.entry, after.entry);
}

/** Everything in either tree, but not what is below directories that are equal. */
class IndexPairs implements Iterable<Difference> {
  readonly #before: IndexCursor;
  readonly #after: IndexCursor;

  constructor(before: StatIndex, after: StatIndex) {
    this.#before = new IndexCursor(before);
    this.#after = new IndexCursor(after);
  }

  [Symbol.iterator](): Generator<Difference> {
    return this.#directory("", this.#before.root, this.#after.root);
  }

  /** Where the rows below a directory are in the one tree, if it is equal in both, and where they begin in the other. */
  rowsOfEqual({ before, after }: Difference): { from: number; to: number; at: number } | undefined {
    if (before?.listing === undefined || after?.listing === undefined) return undefined;
    if (before.listingDigest !== after.listingDigest) return undefined;
    return { ...this.#before.rowsBelow(before.listing), at: this.#after.rowsBelow(after.listing).from };
  }

  *#directory(path: string, before: number | undefined, after: number | undefined): Generator<Difference> {
    const left = this.#before.directory(before, path).entries;
    const right = this.#after.directory(after, path).entries;
    for (let l = 0, r = 0; l < left.length || r < right.length; ) {
      const a = left[l];
      const b = right[r];
      const order = a === undefined ? 1 : b === undefined ? -1 : comparePaths(a.entry.path, b.entry.path);
      if (order <= 0) l++;
      if (order >= 0) r++;
      yield* this.#pair(order <= 0 ? a : undefined, order >= 0 ? b : undefined);
    }
  }

  *#pair(before: KnownEntry | undefined, after: KnownEntry | undefined): Generator<Difference> {
    yield { before, after };
    if (before?.listingDigest === after?.listingDigest) return;
    const { path } = (after ?? before)?.entry ?? { path: "" };
    yield* this.#directory(path, before?.listing, after?.listing);
  }
}
