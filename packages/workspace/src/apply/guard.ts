import { quote, WorkspaceError } from "../errors.js";
import { patchManifest } from "../manifest/diff.js";
import { type Changeset, indexByPath, type Manifest } from "../manifest/entry.js";
import { leavesTree } from "../manifest/link-rules.js";
import { nameOf, topmostAbove } from "../manifest/path-rules.js";

/**
 * Refuses what no changeset may do, whatever stands here now.
 * @throws {WorkspaceError} BAD_CHANGESET, PROTECTED, EXTERNAL_LINK or DELETES_ALL
 */
export function guardChangeset(base: Manifest, changeset: Changeset): void {
  refuseProtected(changeset);
  refuseExternalLinks(base, changeset);
  refuseDeletingAll(base, patchManifest(base, changeset));
}

function refuseProtected({ upserts, deletions }: Changeset): void {
  const isProtected = (path: string) => isProtectedName(nameOf(path));
  const protectedAbove = topmostAbove(isProtected);
  for (const path of [...upserts.map((entry) => entry.path), ...deletions]) {
    if (!isProtected(path) && protectedAbove(path) === undefined) continue;
    const message = `The change of ${quote(path)} is refused: git's own files and sloth's are never changed by a task.`;
    throw new WorkspaceError("PROTECTED", message, { path });
  }
}

/**
 * `.git` and `.sloth` in any spelling that some file system takes for them: case, trailing dots and spaces,
 * NTFS streams and short names, characters that HFS+ ignores. After git's `verify_path`
 * (https://github.com/git/git/blob/master/path.c, `is_ntfs_dotgit`; utf8.c, `is_hfs_dotgit`).
 */
function isProtectedName(name: string): boolean {
  const plain = name
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .toLowerCase()
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "");
  return plain === ".git" || plain === "git~1" || plain === ".sloth" || plain === "sloth~1";
}

function refuseExternalLinks(base: Manifest, changeset: Changeset): void {
  const before = indexByPath(base.entries);
  for (const { path, target } of changeset.upserts) {
    if (target === undefined || !leavesTree(path, target) || before.get(path)?.target === target) continue;
    const advice = "Make it relative and inside the directory, or ignore it.";
    const message = `The symlink ${quote(path)} leads out of the working directory, to ${quote(target)}. ${advice}`;
    throw new WorkspaceError("EXTERNAL_LINK", message, { path, target });
  }
}

function refuseDeletingAll(base: Manifest, result: Manifest): void {
  if (!hasFiles(base) || hasFiles(result)) return;
  const message =
    "The change would delete every file of the working directory, which is refused. Keep at least one.";
  throw new WorkspaceError("DELETES_ALL", message);
}

function hasFiles(manifest: Manifest): boolean {
  return manifest.entries.some((entry) => entry.kind !== "directory");
}
