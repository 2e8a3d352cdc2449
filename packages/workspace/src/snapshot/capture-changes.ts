import { diffManifests } from "../manifest/diff.js";
import { type Changeset, indexByPath } from "../manifest/entry.js";
import { Pace } from "../pacing.js";
import { sameIdentity } from "./file-identity.js";
import type { Snapshot } from "./snapshot.js";
import { type KnownDigest, walkTree } from "./walk-tree.js";

/**
 * Finds what changed below `base.root` since the snapshot. A file is read again unless its inode, size, mode,
 * modification time and change time all are as they were; so an edit that keeps the size and sets the time back
 * is seen.
 * @throws {WorkspaceError} UNREADABLE, BAD_PATH or FILE_CHANGED, naming the path
 */
export async function captureChanges(
  base: Snapshot,
  options: { signal?: AbortSignal } = {},
): Promise<Changeset> {
  const { entries } = await walkTree(base.root, new Pace(options.signal), knownFrom(base));
  return diffManifests(base.manifest, { entries });
}

/** Digests of the files whose identity is still the one that the snapshot has. */
export function knownFrom(base: Snapshot): KnownDigest {
  const entries = indexByPath(base.manifest.entries);
  return (path, identity) => {
    const before = base.identities.get(path);
    return before !== undefined && sameIdentity(before, identity) ? entries.get(path)?.digest : undefined;
  };
}
