import type { BigIntStats } from "node:fs";
import type { ManifestEntry } from "../manifest/entry.js";
import { readListing } from "../manifest/listing.js";
import { comparePaths, nameOf } from "../manifest/path-rules.js";
import type { FileIdentity } from "./file-identity.js";
import { IndexLayout, matchesRow, readRow, type StatIndex } from "./stat-index.js";

/** An entry of a {@link StatIndex}. */
export interface KnownEntry {
  entry: ManifestEntry;
  /** Where its identity is. */
  row: number;
  /** Where the listing of a directory is, and its digest. */
  listing: number | undefined;
  listingDigest: string | undefined;
}

/** Reads a {@link StatIndex} directory by directory, decoding only those that are asked for. */
export class IndexCursor {
  readonly #layout: IndexLayout;
  readonly identities: BigInt64Array;

  constructor(index: StatIndex) {
    this.#layout = new IndexLayout(index.encoded);
    this.identities = index.identities;
  }

  /** The listing of the root, if there is any. */
  get root(): number | undefined {
    return this.#layout.listings.length > 0 ? 0 : undefined;
  }

  /** What the index knows of the directory `path`, to be asked for by name in tree order. */
  directory(listing: number | undefined, path: string): KnownDirectory {
    if (listing === undefined) return new KnownDirectory([], undefined);
    return new KnownDirectory(this.#entries(listing, path), this.#layout.listings[listing]);
  }

  /** Whether this is the file that was seen before, unchanged, by what `lstat` says. */
  isSameFile({ row, entry }: KnownEntry, stats: BigIntStats): boolean {
    return entry.kind === "file" && matchesRow(this.identities, row, entry.sizeBytes, stats);
  }

  identityOf({ row, entry }: KnownEntry): FileIdentity | undefined {
    return readRow(this.identities, row, entry.sizeBytes);
  }

  /** Everything below a directory, in tree order. Default: all. */
  *walk(listing = this.root, path = ""): Generator<KnownEntry> {
    for (const known of this.directory(listing, path).entries) {
      yield known;
      if (known.listing !== undefined) yield* this.walk(known.listing, known.entry.path);
    }
  }

  #entries(listing: number, path: string): KnownEntry[] {
    const bytes = this.#layout.listings[listing];
    if (bytes === undefined) return [];
    const { entries, subdirectories } = readListing(bytes, path);
    const firstRow = this.#layout.firstRows[listing] ?? 0;
    let below = listing + 1;
    let directories = 0;
    return entries.map((entry, index) => {
      const row = firstRow + index;
      if (entry.kind !== "directory") return { entry, row, listing: undefined, listingDigest: undefined };
      const own = below;
      below = this.#layout.ends[own] ?? own + 1;
      return { entry, row, listing: own, listingDigest: subdirectories[directories++] };
    });
  }
}

export class KnownDirectory {
  readonly entries: readonly KnownEntry[];
  /** The listing itself, if the directory is known. */
  readonly listing: Uint8Array | undefined;
  #next = 0;

  constructor(entries: readonly KnownEntry[], listing: Uint8Array | undefined) {
    this.entries = entries;
    this.listing = listing;
  }

  /** Each name must come after the one before. */
  find(name: string): KnownEntry | undefined {
    for (let known = this.entries[this.#next]; known !== undefined; known = this.entries[++this.#next]) {
      const order = comparePaths(nameOf(known.entry.path), name);
      if (order === 0) this.#next++;
      if (order >= 0) return order === 0 ? known : undefined;
    }
    return undefined;
  }
}
