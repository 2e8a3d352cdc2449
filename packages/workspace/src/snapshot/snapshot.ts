import { indexByPath, type Manifest, type ManifestEntry } from "../manifest/entry.js";
import { joinListings, listingsOf } from "../manifest/manifest-codec.js";
import type { FileIdentity } from "./file-identity.js";
import { IndexCursor } from "./index-cursor.js";
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
  /** Decodes now what else would be decoded when it is first asked for. */
  decode(): void;
  /** Paths of sockets, FIFOs and devices, which are not carried. */
  readonly skipped: readonly string[];
  /** Paths that the rules leave out, without what is below them. */
  readonly ignored: readonly string[];
  /**
   * Identities of the files that need not be read again while their identity stays. A file is absent when it was
   * changed so shortly before it was read that a later change might not show in it.
   * @internal
   */
  readonly identities: ReadonlyMap<string, FileIdentity>;
  /** The same, flat. @internal */
  readonly index: StatIndex;
  /** What the scan before this one had seen, if it is known. @internal */
  readonly before: StatIndex;
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
  before?: StatIndex | undefined;
}

/** The parts that a scan gives. */
export function partsOf(root: string, scan: Scan): SnapshotParts {
  const { rootDigest, entries, contentBytes, skipped, ignored, encoded, identities } = scan;
  return { root, rootDigest, index: { encoded, identities }, entries, contentBytes, skipped, ignored };
}

/** A snapshot whose manifest is decoded when it is first asked for: often its digest is enough. */
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
  readonly before: StatIndex;
  #decoded: { manifest: Manifest; identities: Map<string, FileIdentity> } | undefined;

  constructor(parts: SnapshotParts) {
    this.root = parts.root;
    this.rootDigest = parts.rootDigest;
    this.index = parts.index;
    this.entries = parts.entries;
    this.contentBytes = parts.contentBytes;
    this.skipped = parts.skipped ?? [];
    this.ignored = parts.ignored ?? [];
    this.before = parts.before ?? EMPTY_INDEX;
  }

  get encoded(): Uint8Array {
    return this.index.encoded;
  }

  decode(): void {
    indexByPath(this.#decode().manifest.entries);
  }

  get manifest(): Manifest {
    return this.#decode().manifest;
  }

  get identities(): ReadonlyMap<string, FileIdentity> {
    return this.#decode().identities;
  }

  #decode() {
    this.#decoded ??= decodeIndex(this.index);
    return this.#decoded;
  }
}

function decodeIndex(index: StatIndex): { manifest: Manifest; identities: Map<string, FileIdentity> } {
  const entries: ManifestEntry[] = [];
  const identities = new Map<string, FileIdentity>();
  const cursor = new IndexCursor(index);
  for (const known of cursor.walk()) {
    entries.push(known.entry);
    const identity = cursor.identityOf(known);
    if (identity !== undefined) identities.set(known.entry.path, identity);
  }
  return { manifest: { entries }, identities };
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
