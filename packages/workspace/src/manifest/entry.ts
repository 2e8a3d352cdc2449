/** One path of a tree. */
export interface ManifestEntry {
  /** Relative to the root, `/`-separated, valid by {@link checkPath}. */
  path: string;
  kind: "file" | "directory" | "symlink";
  /** The nine permission bits; 0 for symlinks, which have none of their own. */
  mode: number;
  /**
   * Microseconds since 1970, rounded down; 0 for directories and symlinks. Their times are not carried: a
   * directory's changes with every change below it, and applying a changeset would change it again.
   */
  mtimeUs: number;
  /** Bytes of a file; else 0. */
  sizeBytes: number;
  /** SHA-256 of a file's content in lower-case hex. */
  digest?: string;
  /** What a symlink holds, as it is. */
  target?: string;
}

/**
 * A whole tree in tree order: a directory before what is in it, subtrees contiguous, siblings by the bytes of their
 * UTF-8 names. The root itself is not an entry.
 */
export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  /**
   * The same for a tree that is kept encoded, made as they are asked for: the objects of a large tree take ten times
   * the memory of its encoding. To be had by {@link walkEntries} and {@link entriesByPath}, of any manifest.
   */
  walk?(): Iterable<ManifestEntry>;
  get?(path: string): ManifestEntry | undefined;
}

/** Finds entries by their paths; quickest when they are asked for in tree order. */
export interface EntryLookup {
  get(path: string): ManifestEntry | undefined;
}

/**
 * What turns one manifest into another. `upserts` are the entries that are new or differ, `deletions` every path
 * that is gone: a removed directory is listed with all that was in it. A path whose kind changed is only an upsert;
 * a directory that became a file lists its former contents as deletions. Both are in tree order and share no path.
 */
export interface Changeset {
  readonly upserts: readonly ManifestEntry[];
  readonly deletions: readonly string[];
}

export function isEmptyChangeset({ upserts, deletions }: Changeset): boolean {
  return upserts.length + deletions.length === 0;
}

/** SHA-256 of nothing; an empty file needs no body. */
export const EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Equal in everything but permissions and time. */
export function sameContent(a: ManifestEntry, b: ManifestEntry): boolean {
  return a.kind === b.kind && a.sizeBytes === b.sizeBytes && a.digest === b.digest && a.target === b.target;
}

/** Equal in everything but time. */
export function sameButForTime(a: ManifestEntry, b: ManifestEntry): boolean {
  return sameContent(a, b) && a.mode === b.mode;
}

export function sameEntry(a: ManifestEntry, b: ManifestEntry): boolean {
  return sameButForTime(a, b) && a.mtimeUs === b.mtimeUs;
}

const indexes = new WeakMap<readonly ManifestEntry[], ReadonlyMap<string, ManifestEntry>>();

/** The entries in tree order, one at a time; may be walked again. */
export function walkEntries(manifest: Manifest): Iterable<ManifestEntry> {
  return manifest.walk?.() ?? manifest.entries;
}

export function entriesByPath(manifest: Manifest): EntryLookup {
  return manifest.get === undefined ? indexByPath(manifest.entries) : (manifest as EntryLookup);
}

/** Those that `isMeant`, chosen anew in each walk. */
export function someEntries(
  entries: Iterable<ManifestEntry>,
  isMeant: (entry: ManifestEntry) => boolean,
): Iterable<ManifestEntry> {
  return {
    *[Symbol.iterator]() {
      for (const entry of entries) if (isMeant(entry)) yield entry;
    },
  };
}

/** The entries by their paths; kept with the list, which must not change any more. */
export function indexByPath(entries: readonly ManifestEntry[]): ReadonlyMap<string, ManifestEntry> {
  const known = indexes.get(entries);
  if (known !== undefined) return known;
  const index = new Map(entries.map((entry) => [entry.path, entry]));
  indexes.set(entries, index);
  return index;
}
