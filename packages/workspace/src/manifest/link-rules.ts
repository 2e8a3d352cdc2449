import { quote, WorkspaceError } from "../errors.js";

const MAX_TARGET_BYTES = 4095;

/**
 * What any symlink must hold to be carried at all.
 * @throws {WorkspaceError} EXTERNAL_LINK
 */
export function checkTarget(path: string, target: string): void {
  const bytes = Buffer.byteLength(target);
  const isCarried =
    bytes > 0 && bytes <= MAX_TARGET_BYTES && !target.includes("\0") && !/\p{Cs}/u.test(target);
  if (isCarried) return;
  throw new WorkspaceError(
    "EXTERNAL_LINK",
    `The symlink ${quote(path)} has a target that cannot be carried: ${quote(target)}.`,
    { path, target },
  );
}

/**
 * Whether following the link could leave the tree. It stays inside when its target is relative and uses `..` only
 * at the start, at most as often as the link is deep: since that holds for every link of a tree, chains of them
 * stay inside too. (`..` behind a name would be resolved after that name, which may itself be a link.)
 */
export function leavesTree(path: string, target: string): boolean {
  if (target.startsWith("/")) return true;
  const depth = path.split("/").length - 1;
  const components = target.split("/").filter((component) => component !== "" && component !== ".");
  const firstName = components.findIndex((component) => component !== "..");
  const climbs = firstName === -1 ? components.length : firstName;
  return climbs > depth || components.slice(climbs).includes("..");
}
