import { quote, WorkspaceError, type WorkspaceErrorCode } from "../errors.js";
import type { ManifestEntry } from "./entry.js";
import { comparePaths, parentOf } from "./path-rules.js";

/** Refuses a list of paths that is not in tree order or names one twice. */
export function checkOrder(paths: Iterable<string>, code: WorkspaceErrorCode): void {
  let previous: string | undefined;
  for (const path of paths) {
    if (previous !== undefined && comparePaths(previous, path) >= 0) {
      const fault =
        previous === path ? "is listed twice" : `is listed after ${quote(previous)}, out of tree order`;
      throw new WorkspaceError(code, `The path ${quote(path)} ${fault}.`, { path });
    }
    previous = path;
  }
}

/** Refuses entries that are not one tree: each must stand in a directory that is an entry before it. */
export function checkTree(entries: readonly ManifestEntry[], code: WorkspaceErrorCode): void {
  checkOrder(
    entries.map((entry) => entry.path),
    code,
  );
  const directories = new Set([""]);
  for (const { path, kind } of entries) {
    if (!directories.has(parentOf(path))) {
      throw new WorkspaceError(code, `The entry ${quote(path)} is not in a directory of the tree.`, { path });
    }
    if (kind === "directory") directories.add(path);
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
