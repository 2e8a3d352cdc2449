import type { BigIntStats } from "node:fs";
import type { ManifestEntry } from "../manifest/entry.js";
import { readListing } from "../manifest/listing.js";
import { comparePaths, nameOf } from "../manifest/path-rules.js";
import type { FileIdentity } from "./file-identity.js";
import { IndexLayout, matchesRow, readRow, type StatIndex } from "./stat-index.js";

/** An entry of a {@link StatIndex}. */
export interface KnownEntry {
  entry: ManifestEntry;
  /** Of its identity. */
  row: number;
  readonly identity: FileIdentity | undefined;
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

  /** Everything below a directory, in tree order. Default: all. */
  *walk(listing = this.root, path = ""): Generator<KnownEntry> {
    for (const known of this.directory(listing, path).entries) {
      yield known;
      if (known.listing !== undefined) yield* this.walk(known.listing, known.entry.path);
    }
  }

  /** The rows of everything below a directory, which stand together: the first one, and the one after the last. */
  rowsBelow(listing: number): { from: number; to: number } {
    const { firstRows, ends, rows } = this.#layout;
    return { from: firstRows[listing] ?? 0, to: firstRows[ends[listing] ?? 0] ?? rows };
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
      if (entry.kind !== "directory") return new LazilyKnown(this.identities, row, entry);
      const own = below;
      below = this.#layout.ends[own] ?? own + 1;
      return new LazilyKnown(this.identities, row, entry, own, subdirectories[directories++]);
    });
  }
}

/** Makes the identity when it is asked for: most walks do not, and its numbers are objects. */
class LazilyKnown implements KnownEntry {
  readonly #identities: BigInt64Array;
  readonly row: number;
  readonly entry: ManifestEntry;
  readonly listing: number | undefined;
  readonly listingDigest: string | undefined;

  constructor(
    identities: BigInt64Array,
    row: number,
    entry: ManifestEntry,
    listing?: number,
    listingDigest?: string,
  ) {
    this.#identities = identities;
    this.row = row;
    this.entry = entry;
    this.listing = listing;
    this.listingDigest = listingDigest;
  }

  get identity(): FileIdentity | undefined {
    return readRow(this.#identities, this.row, this.entry.sizeBytes);
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
