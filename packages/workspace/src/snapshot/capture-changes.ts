import { decodeChangeset } from "../manifest/changeset-codec.js";
import { type Changeset, entriesByPath, type Manifest } from "../manifest/entry.js";
import { type FileIdentity, sameIdentity } from "./file-identity.js";
import { scan as scanFor } from "./scan.js";
import { type IdentityLookup, makeSnapshot, partsOf, type Snapshot } from "./snapshot.js";
import type { SnapshotOptions } from "./take-snapshot.js";

const NO_CHANGES: Changeset = { upserts: [], deletions: [] };

export interface CaptureOptions extends SnapshotOptions {
  /** The index file has what `base` knows already. Default false. */
  isIndexed?: boolean;
}

/** What became of a tree. */
export interface Capture {
  changeset: Changeset;
  /** The tree as it is now. */
  after: Snapshot;
}

/**
 * Finds what changed below `base.root` since the snapshot. A file is read again unless its inode, size, mode,
 * modification time and change time all are as they were; so an edit that keeps the size and sets the time back
 * is seen. What `base` holds is never ignored.
 * @throws {WorkspaceError} UNREADABLE, BAD_PATH or FILE_CHANGED, naming the path
 */
export async function captureChanges(base: Snapshot, options: CaptureOptions = {}): Promise<Capture> {
  const { root, index } = base;
  const { rules, indexFile, isIndexed, signal } = options;
  const job = { root, rules, known: index, indexFile, isIndexed, isCapture: true };
  const scan = await scanFor(job, signal);
  const changeset = scan.changeset ? decodeChangeset(scan.changeset) : NO_CHANGES;
  const parts = partsOf(root, scan);
  return { changeset, after: makeSnapshot(scan.isKnown ? { ...parts, index } : parts) };
}

/** Gives a file's digest if it is known without reading the file. */
export type KnownDigest = (path: string, identity: FileIdentity) => string | undefined;

/** What is known of files; without identities, of none. */
interface Known {
  manifest: Manifest;
  identities?: IdentityLookup;
}

/** Digests of the files whose identity is still the one that the snapshot has. */
export function knownFrom({ manifest, identities }: Known): KnownDigest {
  if (identities === undefined) return () => undefined;
  const entries = entriesByPath(manifest);
  return (path, identity) => {
    const before = identities.get(path);
    return before !== undefined && sameIdentity(before, identity) ? entries.get(path)?.digest : undefined;
  };
}
