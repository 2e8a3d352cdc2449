import type { EntryLookup, Manifest, ManifestEntry } from "../manifest/entry.js";
import { comparePaths, nameOf, parentOf } from "../manifest/path-rules.js";
import { IndexCursor, type KnownEntry } from "./index-cursor.js";
import { EMPTY_INDEX, type StatIndex } from "./stat-index.js";

/** A directory that was decoded, with where it is. */
interface OpenDirectory {
  path: string;
  entries: readonly KnownEntry[];
}

/**
 * A manifest that stays encoded. Walks decode one directory after the other; a search keeps the directories above what
 * was found last, so that those in tree order decode each directory once.
 */
export class IndexedManifest implements Manifest, EntryLookup {
  readonly index: StatIndex;
  readonly #cursor: IndexCursor;
  #open: OpenDirectory[] = [];
  #entries: readonly ManifestEntry[] | undefined;

  constructor(index: StatIndex) {
    this.index = index;
    this.#cursor = new IndexCursor(index);
  }

  /** Of an encoded manifest that is valid. */
  static ofEncoded(encoded: Uint8Array): IndexedManifest {
    return new IndexedManifest({ ...EMPTY_INDEX, encoded });
  }

  /** All at once, and kept. */
  get entries(): readonly ManifestEntry[] {
    this.#entries ??= [...this.walk()];
    return this.#entries;
  }

  walk(): Iterable<ManifestEntry> {
    const cursor = this.#cursor;
    return {
      *[Symbol.iterator]() {
        for (const { entry } of cursor.walk()) yield entry;
      },
    };
  }

  get(path: string): ManifestEntry | undefined {
    return this.find(path)?.entry;
  }

  find(path: string): KnownEntry | undefined {
    if (path === "") return undefined;
    const directory = this.#directory(parentOf(path));
    return directory && search(directory.entries, nameOf(path));
  }

  #directory(path: string): OpenDirectory | undefined {
    const open = this.#open;
    while (open.length > 0 && !isWithin(path, open.at(-1)?.path ?? "")) open.pop();
    if (open.length === 0)
      open.push({ path: "", entries: this.#cursor.directory(this.#cursor.root, "").entries });
    for (let above = open.at(-1); above !== undefined && above.path !== path; above = open.at(-1)) {
      const from = above.path === "" ? 0 : above.path.length + 1;
      const slash = path.indexOf("/", from);
      const next = slash === -1 ? path : path.slice(0, slash);
      const listing = search(above.entries, next.slice(from))?.listing;
      if (listing === undefined) return undefined;
      open.push({ path: next, entries: this.#cursor.directory(listing, next).entries });
    }
    return open.at(-1);
  }
}

function isWithin(path: string, directory: string): boolean {
  return directory === "" || path === directory || path.startsWith(`${directory}/`);
}

function search(entries: readonly KnownEntry[], name: string): KnownEntry | undefined {
  for (let low = 0, high = entries.length - 1; low <= high; ) {
    const middle = (low + high) >> 1;
    const found = entries[middle];
    const order = found === undefined ? 0 : comparePaths(nameOf(found.entry.path), name);
    if (order === 0) return found;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
