import { quote, WorkspaceError, type WorkspaceErrorCode } from "../errors.js";
import type { ManifestEntry } from "./entry.js";
import { comparePaths, parentOf } from "./path-rules.js";

/** Refuses a list of paths that is not in tree order or names one twice. */
export function checkOrder(paths: Iterable<string>, code: WorkspaceErrorCode): void {
  let previous: string | undefined;
  for (const path of paths) {
    checkAfter(previous, path, code);
    previous = path;
  }
}

function checkAfter(previous: string | undefined, path: string, code: WorkspaceErrorCode): void {
  if (previous === undefined || comparePaths(previous, path) < 0) return;
  const fault =
    previous === path ? "is listed twice" : `is listed after ${quote(previous)}, out of tree order`;
  throw new WorkspaceError(code, `The path ${quote(path)} ${fault}.`, { path });
}

/** Refuses entries that are not one tree: each must stand in a directory that is an entry before it. */
export function checkTree(entries: Iterable<ManifestEntry>, code: WorkspaceErrorCode): void {
  for (const _ of checkedTree(entries, code));
}

/** As {@link checkTree}, entry by entry. */
export function* checkedTree(
  entries: Iterable<ManifestEntry>,
  code: WorkspaceErrorCode,
): Generator<ManifestEntry> {
  const directories = new Set([""]);
  let previous: string | undefined;
  for (const entry of entries) {
    const { path, kind } = entry;
    checkAfter(previous, path, code);
    previous = path;
    if (!directories.has(parentOf(path))) {
      throw new WorkspaceError(code, `The entry ${quote(path)} is not in a directory of the tree.`, { path });
    }
    if (kind === "directory") directories.add(path);
    yield entry;
  }
}

/** Refuses upserts of which one would stand in something that another makes a file or a symlink. */
export function checkNothingBelowLeaves(upserts: readonly ManifestEntry[], code: WorkspaceErrorCode): void {
  let leaf: string | undefined;
  for (const { path, kind } of upserts) {
    if (leaf !== undefined && path.startsWith(`${leaf}/`)) {
      throw new WorkspaceError(
        code,
        `The entry ${quote(path)} is below ${quote(leaf)}, which is no directory.`,
        {
          path,
        },
      );
    }
    if (kind !== "directory") leaf = path;
  }
}
