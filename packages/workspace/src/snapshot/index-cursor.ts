import type { ManifestEntry } from "../manifest/entry.js";
import { readListing } from "../manifest/listing.js";
import { comparePaths, nameOf } from "../manifest/path-rules.js";
import type { FileIdentity } from "./file-identity.js";
import { IndexLayout, readRow, type StatIndex } from "./stat-index.js";

/** An entry of a {@link StatIndex}. */
export interface KnownEntry {
  entry: ManifestEntry;
  identity: FileIdentity | undefined;
  /** Where the listing of a directory is, and its digest. */
  listing: number | undefined;
  listingDigest: string | undefined;
}

/** Reads a {@link StatIndex} directory by directory, decoding only those that are asked for. */
export class IndexCursor {
  readonly #layout: IndexLayout;
  readonly #identities: BigInt64Array;

  constructor(index: StatIndex) {
    this.#layout = new IndexLayout(index.encoded);
    this.#identities = index.identities;
  }

  /** The listing of the root, if there is any. */
  get root(): number | undefined {
    return this.#layout.listings.length > 0 ? 0 : undefined;
  }

  /** What the index knows of the directory `path`, to be asked for by name in tree order. */
  directory(listing: number | undefined, path: string): KnownDirectory {
    const entries = listing === undefined ? [] : this.#entries(listing, path);
    return new KnownDirectory(entries);
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
      const identity = readRow(this.#identities, firstRow + index, entry.sizeBytes);
      if (entry.kind !== "directory")
        return { entry, identity, listing: undefined, listingDigest: undefined };
      const own = below;
      below = this.#layout.ends[own] ?? own + 1;
      return { entry, identity, listing: own, listingDigest: subdirectories[directories++] };
    });
  }
}

export class KnownDirectory {
  readonly entries: readonly KnownEntry[];
  #next = 0;

  constructor(entries: readonly KnownEntry[]) {
    this.entries = entries;
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
