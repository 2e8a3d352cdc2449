import { quote, WorkspaceError } from "../errors.js";
import { checkTree } from "./check-tree.js";
import { type Changeset, indexByPath, type Manifest, type ManifestEntry, sameEntry } from "./entry.js";
import { comparePaths } from "./path-rules.js";

/** What turns `base` into `target`. A file whose time alone differs is changed. */
export function diffManifests(base: Manifest, target: Manifest): Changeset {
  const upserts: ManifestEntry[] = [];
  const deletions: string[] = [];
  for (const [before, after] of pairUp(base.entries, target.entries)) {
    if (after === undefined) {
      if (before !== undefined) deletions.push(before.path);
    } else if (before === undefined || !sameEntry(before, after)) {
      upserts.push(after);
    }
  }
  return { upserts, deletions };
}

/**
 * The tree that a changeset makes of `base`; the inverse of {@link diffManifests}.
 * @throws {WorkspaceError} BAD_CHANGESET when the changeset cannot have been made from `base`: it deletes what is
 * not there, leaves something in a directory that it removes, adds to a directory that does not exist, or gives a
 * content another size
 */
export function patchManifest(base: Manifest, changeset: Changeset): Manifest {
  const deleted = new Set(changeset.deletions);
  const entries: ManifestEntry[] = [];
  for (const [before, after] of pairUp(base.entries, changeset.upserts)) {
    const entry = after ?? before;
    if (before !== undefined && after !== undefined) checkOneSize(before, after);
    if (before !== undefined && deleted.delete(before.path)) continue;
    if (entry !== undefined) entries.push(entry);
  }
  for (const path of deleted) {
    throw new WorkspaceError(
      "BAD_CHANGESET",
      `The changeset deletes ${quote(path)}, which was never there.`,
      { path },
    );
  }
  checkTree(entries, "BAD_CHANGESET");
  return { entries };
}

/** A content that stands here does not travel, so nothing else compares its size with what was announced. */
function checkOneSize(before: ManifestEntry, after: ManifestEntry): void {
  if (before.digest !== after.digest || before.sizeBytes === after.sizeBytes) return;
  const message = `The changeset gives the content of ${quote(after.path)} another size.`;
  throw new WorkspaceError("BAD_CHANGESET", message, { path: after.path });
}

/** How many paths a changeset adds, modifies and deletes, directories included. */
export function countChanges(
  base: Manifest,
  changeset: Changeset,
): { added: number; modified: number; deleted: number } {
  const before = indexByPath(base.entries);
  const modified = changeset.upserts.filter((entry) => before.has(entry.path)).length;
  return { added: changeset.upserts.length - modified, modified, deleted: changeset.deletions.length };
}

/** Walks two lists in tree order side by side; what both have comes as one pair. */
function* pairUp(
  left: readonly ManifestEntry[],
  right: readonly ManifestEntry[],
): Generator<[ManifestEntry | undefined, ManifestEntry | undefined]> {
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const a = left[l];
    const b = right[r];
    const order = a === undefined ? 1 : b === undefined ? -1 : comparePaths(a.path, b.path);
    if (order <= 0) l++;
    if (order >= 0) r++;
    yield [order <= 0 ? a : undefined, order >= 0 ? b : undefined];
  }
}
