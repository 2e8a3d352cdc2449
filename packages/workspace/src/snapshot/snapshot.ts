import type { Manifest } from "../manifest/entry.js";
import { decodeManifest, joinListings, listingsOf } from "../manifest/manifest-codec.js";
import type { FileIdentity } from "./file-identity.js";
import { IndexedManifest } from "./indexed-manifest.js";
import type { Scan } from "./scan-tree.js";
import { EMPTY_INDEX, ROW, type StatIndex, writeRow } from "./stat-index.js";

/** A tree as it was at one time, and what is needed to find later what changed without reading all of it. */
export interface Snapshot {
  /** The directory itself, absolute. */
  readonly root: string;
  /** Names the whole tree: the digest of its manifest. */
  readonly rootDigest: string;
  readonly manifest: Manifest;
  /** The manifest by `encodeManifest`. */
  readonly encoded: Uint8Array;
  /** How many entries it has, and the sizes of its files together. */
  readonly entries: number;
  readonly contentBytes: number;
  /** Paths of sockets, FIFOs and devices, which are not carried. */
  readonly skipped: readonly string[];
  /** Paths that the rules leave out, without what is below them. */
  readonly ignored: readonly string[];
  /**
   * Identities of the files that need not be read again while their identity stays. A file has none when it was
   * changed so shortly before it was read that a later change might not show in it.
   * @internal
   */
  readonly identities: IdentityLookup;
  /** The same, flat. @internal */
  readonly index: StatIndex;
  /** The encoded tree that the scan before this one had seen; empty: not known. @internal */
  readonly before: Uint8Array;
}

/** Finds identities by path; quickest when they are asked for in tree order. */
export interface IdentityLookup {
  get(path: string): FileIdentity | undefined;
}

/** What a scan found, or what was made of a manifest. */
export interface SnapshotParts {
  root: string;
  rootDigest: string;
  index: StatIndex;
  entries: number;
  contentBytes: number;
  skipped?: readonly string[];
  ignored?: readonly string[];
  before?: Uint8Array | undefined;
}

/** The parts that a scan gives. */
export function partsOf(root: string, scan: Scan): SnapshotParts {
  const { rootDigest, entries, contentBytes, skipped, ignored, encoded, identities } = scan;
  return { root, rootDigest, index: { encoded, identities }, entries, contentBytes, skipped, ignored };
}

/** A snapshot whose manifest is looked into when it is first asked for: often its digest is enough. */
export function makeSnapshot(parts: SnapshotParts): Snapshot {
  return new IndexedSnapshot(parts);
}

class IndexedSnapshot implements Snapshot {
  readonly root: string;
  readonly rootDigest: string;
  readonly index: StatIndex;
  readonly entries: number;
  readonly contentBytes: number;
  readonly skipped: readonly string[];
  readonly ignored: readonly string[];
  readonly before: Uint8Array;
  #manifest: IndexedManifest | undefined;

  constructor(parts: SnapshotParts) {
    this.root = parts.root;
    this.rootDigest = parts.rootDigest;
    this.index = parts.index;
    this.entries = parts.entries;
    this.contentBytes = parts.contentBytes;
    this.skipped = parts.skipped ?? [];
    this.ignored = parts.ignored ?? [];
    this.before = parts.before ?? EMPTY_INDEX.encoded;
  }

  get encoded(): Uint8Array {
    return this.index.encoded;
  }

  get manifest(): IndexedManifest {
    this.#manifest ??= new IndexedManifest(this.index);
    return this.#manifest;
  }

  get identities(): IdentityLookup {
    return { get: (path) => this.manifest.find(path)?.identity };
  }
}

/** The snapshot that a tree was once, of its encoded manifest; each file of it would have to be read again. */
export function restoreSnapshot(root: string, encoded: Uint8Array): Snapshot {
  return makeSnapshot({ root, ...indexOf(decodeManifest(encoded), () => undefined) });
}

/** The index of a tree of which the manifest is known, and the identities of its files. */
export function indexOf(
  manifest: Manifest,
  identityOf: (path: string) => FileIdentity | undefined,
): Pick<SnapshotParts, "index" | "rootDigest" | "entries" | "contentBytes"> {
  const listings = listingsOf(manifest);
  const identities = new BigInt64Array(manifest.entries.length * ROW);
  let row = 0;
  for (const { entries } of listings) {
    for (const { path, kind } of entries) {
      const identity = kind === "file" ? identityOf(path) : undefined;
      if (identity !== undefined) writeRow(identities, row, identity);
      row++;
    }
  }
  return {
    index: { encoded: joinListings(listings), identities },
    rootDigest: listings[0]?.digest ?? "",
    entries: manifest.entries.length,
    contentBytes: manifest.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
  };
}

/** As an index, in which nothing has an identity unless it is the manifest of a snapshot. */
export function indexedManifest(manifest: Manifest): IndexedManifest {
  if (manifest instanceof IndexedManifest) return manifest;
  return new IndexedManifest(indexOf(manifest, () => undefined).index);
}
