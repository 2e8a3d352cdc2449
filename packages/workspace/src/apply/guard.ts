import { quote, WorkspaceError } from "../errors.js";
import { patchedEntries, patchManifest } from "../manifest/diff.js";
import {
  type Changeset,
  type EntryLookup,
  entriesByPath,
  type Manifest,
  type ManifestEntry,
  sameButForTime,
  walkEntries,
} from "../manifest/entry.js";
import { leavesTree } from "../manifest/link-rules.js";
import { nameOf, topmostAbove } from "../manifest/path-rules.js";
import { type NameFolding, refuseFoldedNames } from "./name-folding.js";

/** What a changeset may do beyond the usual, and may not do though it is usual. */
export interface Permissions {
  /**
   * What becomes of a symlink that newly leads out of the tree. `refuse`, the default, throws EXTERNAL_LINK; `keep`
   * takes it as it is: nothing here follows it.
   */
  externalSymlinks?: "refuse" | "keep";
  /** Whether every file may be deleted. Default false: DELETES_ALL. */
  allowDeleteAll?: boolean;
  /** Whether paths below `.git` may be changed. Default false: PROTECTED. `.sloth` never may. */
  releaseGit?: boolean;
  /** Says of a path, and of each directory above it, whether a change of it is refused with PROTECTED. Default: none. */
  isProtected?: (path: string, isDirectory: boolean) => boolean;
  /** Paths whose change is refused with PROTECTED: the workflow's own files. Default: none. */
  protectedFiles?: readonly string[];
}

/**
 * Refuses what no changeset may do, whatever stands here now. A time alone is no change of a protected path.
 * @throws {WorkspaceError} BAD_CHANGESET, PROTECTED, EXTERNAL_LINK, DELETES_ALL or NAME_CLASH
 */
export function guardChangeset(
  base: Manifest,
  changeset: Changeset,
  permissions: Permissions = {},
  folding?: NameFolding,
): void {
  const before = entriesByPath(base);
  refuseProtected(before, changeset, permissions);
  if (permissions.externalSymlinks !== "keep") refuseExternalLinks(before, changeset);
  const leavesFiles = hasFilesOf(patchedEntries(base, changeset));
  if (permissions.allowDeleteAll !== true && !leavesFiles) refuseDeletingAll(base);
  const isFolding = folding?.foldsCase || folding?.foldsNormalization;
  if (isFolding) refuseFoldedNames(patchManifest(base, changeset), changeset, folding);
}

function refuseProtected(
  before: EntryLookup,
  { upserts, deletions }: Changeset,
  permissions: Permissions,
): void {
  const changed = upserts.filter((entry) => !isTouch(before.get(entry.path), entry));
  const isDirectory = (path: string) => before.get(path)?.kind === "directory";
  const reasonFor = protection(permissions);
  for (const { path, kind } of changed)
    refuse(path, reasonFor(path, kind === "directory" || isDirectory(path)));
  for (const path of deletions) refuse(path, reasonFor(path, isDirectory(path)));
}

function isTouch(before: ManifestEntry | undefined, after: ManifestEntry): boolean {
  return before !== undefined && sameButForTime(before, after);
}

function refuse(path: string, reason: string | undefined): void {
  if (reason === undefined) return;
  throw new WorkspaceError("PROTECTED", `The change of ${quote(path)} is refused: ${reason}`, { path });
}

/** Finds out why a path may not be changed. */
function protection({ releaseGit, isProtected, protectedFiles = [] }: Permissions) {
  const files = new Set(protectedFiles);
  const isOf = (word: "git" | "sloth") => (path: string) => isSpelling(nameOf(path), word);
  const protectedAbove = topmostAbove((directory) => isProtected?.(directory, true) === true);
  const within = (fits: (path: string) => boolean) => {
    const above = topmostAbove(fits);
    return (path: string) => fits(path) || above(path) !== undefined;
  };
  const isState = within(isOf("sloth"));
  const isGit = within(isOf("git"));
  return (path: string, isDirectory: boolean): string | undefined => {
    if (isState(path)) return "sloth's own files are never changed by a task.";
    if (isGit(path) && releaseGit !== true)
      return "git's own files come back only with `sync_git = true` and when `protect` releases them.";
    if (files.has(path)) return `it belongs to the workflow that is running. ${releasing(path)}`;
    if (protectedAbove(path) !== undefined || isProtected?.(path, isDirectory) === true)
      return `it is protected. ${releasing(path)}`;
    return undefined;
  };
}

function releasing(path: string): string {
  return `Take it out of \`protect\`, or add ${quote(`!${path}`)} to that, to allow it.`;
}

/**
 * `.git` or `.sloth` in any spelling that some file system takes for it: case, trailing dots and spaces, NTFS
 * streams and short names, characters that HFS+ ignores. After git's `verify_path`
 * (https://github.com/git/git/blob/master/path.c, `is_ntfs_dotgit`; utf8.c, `is_hfs_dotgit`).
 */
function isSpelling(name: string, word: "git" | "sloth"): boolean {
  const plain = name
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .toLowerCase()
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "");
  return plain === `.${word}` || plain === `${word}~1`;
}

function refuseExternalLinks(before: EntryLookup, { upserts }: Changeset): void {
  for (const { path, target } of upserts) {
    if (target === undefined || !leavesTree(path, target) || before.get(path)?.target === target) continue;
    const advice =
      'Make it relative and inside the directory, ignore it, or set `external_symlinks = "keep"`.';
    const message = `The symlink ${quote(path)} leads out of the working directory, to ${quote(target)}. ${advice}`;
    throw new WorkspaceError("EXTERNAL_LINK", message, { path, target });
  }
}

function refuseDeletingAll(base: Manifest): void {
  if (!hasFilesOf(walkEntries(base))) return;
  const message =
    "The change would delete every file of the working directory, which is refused. Keep at least one, or set `allow_delete_all = true`.";
  throw new WorkspaceError("DELETES_ALL", message);
}

/** Walks to the end, since that the result is a tree shows only there. */
function hasFilesOf(entries: Iterable<ManifestEntry>): boolean {
  let hasFiles = false;
  for (const { kind } of entries) hasFiles ||= kind !== "directory";
  return hasFiles;
}
