import { quote, WorkspaceError } from "../errors.js";
import { checkedTree } from "./check-tree.js";
import {
  type Changeset,
  entriesByPath,
  type Manifest,
  type ManifestEntry,
  sameEntry,
  walkEntries,
} from "./entry.js";
import { comparePaths } from "./path-rules.js";

/** What turns `base` into `target`. A file whose time alone differs is changed. */
export function diffManifests(base: Manifest, target: Manifest): Changeset {
  const upserts: ManifestEntry[] = [];
  const deletions: string[] = [];
  for (const [before, after] of pairUp(walkEntries(base), walkEntries(target))) {
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
  return { entries: [...patchedEntries(base, changeset)] };
}

/** The same entry by entry; the changeset is known to fit only when the last one was taken. */
export function patchedEntries(base: Manifest, changeset: Changeset): Generator<ManifestEntry> {
  return checkedTree(patched(base, changeset), "BAD_CHANGESET");
}

function* patched(base: Manifest, changeset: Changeset): Generator<ManifestEntry> {
  const deleted = new Set(changeset.deletions);
  for (const [before, after] of pairUp(walkEntries(base), changeset.upserts)) {
    const entry = after ?? before;
    if (before !== undefined && after !== undefined) checkOneSize(before, after);
    if (before !== undefined && deleted.delete(before.path)) continue;
    if (entry !== undefined) yield entry;
  }
  for (const path of deleted) {
    throw new WorkspaceError(
      "BAD_CHANGESET",
      `The changeset deletes ${quote(path)}, which was never there.`,
      { path },
    );
  }
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
  const before = entriesByPath(base);
  const modified = changeset.upserts.filter((entry) => before.get(entry.path) !== undefined).length;
  return { added: changeset.upserts.length - modified, modified, deleted: changeset.deletions.length };
}

/** Walks two lists in tree order side by side; what both have comes as one pair. */
function* pairUp(
  left: Iterable<ManifestEntry>,
  right: Iterable<ManifestEntry>,
): Generator<[ManifestEntry | undefined, ManifestEntry | undefined]> {
  const lefts = left[Symbol.iterator]();
  const rights = right[Symbol.iterator]();
  let a = lefts.next().value as ManifestEntry | undefined;
  let b = rights.next().value as ManifestEntry | undefined;
  while (a !== undefined || b !== undefined) {
    const order = a === undefined ? 1 : b === undefined ? -1 : comparePaths(a.path, b.path);
    yield [order <= 0 ? a : undefined, order >= 0 ? b : undefined];
    if (order <= 0) a = lefts.next().value;
    if (order >= 0) b = rights.next().value;
  }
}
