import { quote, WorkspaceError } from "../errors.js";

const MAX_PATH_BYTES = 4095;
const MAX_COMPONENT_BYTES = 255;
const MAX_DEPTH = 256;

const SLASH = 0x2f;

/** A directory whose path is known to be valid. */
export interface ValidDirectory {
  path: string;
  /** Bytes of what stands before a name in it. */
  prefixBytes: number;
  levels: number;
}

export const ROOT: ValidDirectory = { path: "", prefixBytes: 0, levels: 0 };

export function validDirectory(path: string): ValidDirectory {
  if (path === "") return ROOT;
  return { path, prefixBytes: bytesOf(path) + 1, levels: path.split("/").length };
}

export function pathIn({ path }: ValidDirectory, rest: string): string {
  return path === "" ? rest : `${path}/${rest}`;
}

/**
 * Refuses every path that is not plainly inside its tree: valid Unicode, relative, `/`-separated, no empty, `.` or
 * `..` component, no NUL, no backslash, no drive prefix, at most 255 bytes a component, 4095 in all, 256 levels.
 * @throws {WorkspaceError} BAD_PATH
 */
export function checkPath(path: string): void {
  checkPathIn(ROOT, path);
}

/**
 * As {@link checkPath} for a path in a directory, at which it does not look again: a peer may send many names in one
 * that is 256 levels deep, and looking at each level for each costs a quarter of a minute.
 * @throws {WorkspaceError} BAD_PATH
 */
export function checkPathIn(directory: ValidDirectory, rest: string): void {
  const problem = problemOf(directory, rest);
  if (problem === undefined) return;
  const path = pathIn(directory, rest);
  throw new WorkspaceError("BAD_PATH", `The path ${quote(path)} ${problem}.`, { path });
}

/**
 * Refuses a path that is valid, but that the file system does not take below `root`: by descriptors it could be made,
 * and nobody could read it again.
 * @throws {WorkspaceError} BAD_PATH
 */
export function checkPathBelow(root: string, path: string): void {
  const longest = 3 * (root.length + 1 + path.length);
  if (longest <= MAX_PATH_BYTES || bytesOf(root) + 1 + bytesOf(path) <= MAX_PATH_BYTES) return;
  const message = `The path ${quote(path)} is longer than ${MAX_PATH_BYTES} bytes below ${quote(root)}. Nothing was changed.`;
  throw new WorkspaceError("BAD_PATH", message, { path });
}

/** Most names there are; that they are valid shows at one glance. */
const PLAIN_NAME = /^\.?[\w@+~,=%-][\w.@+~,=% -]{0,200}$/;

function problemOf({ prefixBytes, levels }: ValidDirectory, rest: string): string | undefined {
  if (PLAIN_NAME.test(rest) && prefixBytes + rest.length <= MAX_PATH_BYTES && levels < MAX_DEPTH)
    return undefined;
  if (rest === "") return levels === 0 ? "is empty" : "has no name at its end";
  if (rest.includes("\0")) return "has a NUL byte in it";
  if (rest.includes("\\")) return "has a backslash in it, which separates names on other systems; rename it";
  if (/\p{Cs}/u.test(rest)) return "is not valid Unicode";
  if (levels === 0 && rest.startsWith("/")) return "is absolute";
  if (levels === 0 && /^[A-Za-z]:/.test(rest)) return "begins with a drive letter";
  if (prefixBytes + bytesOf(rest) > MAX_PATH_BYTES) return `is longer than ${MAX_PATH_BYTES} bytes`;
  const components = rest.split("/");
  if (levels + components.length > MAX_DEPTH) return `is deeper than ${MAX_DEPTH} levels`;
  for (const component of components) {
    if (component === "" || component === "." || component === "..")
      return `has a component ${quote(component)}`;
    if (bytesOf(component) > MAX_COMPONENT_BYTES)
      return `has a name longer than ${MAX_COMPONENT_BYTES} bytes`;
  }
  return undefined;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

/** Tree order: by components, each by the bytes of its UTF-8; so a directory's subtree follows it without a gap. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** The separator comes before every other character, and surrogates (U+10000 and above) after U+FFFF, as in UTF-8. */
function rank(codeUnit: number): number {
  if (codeUnit === SLASH) return -1;
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}

/** The directory a path is in; `""` is the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** All directories above a path, from the top, without the root. For many paths, see {@link topmostAbove}. */
export function ancestorsOf(path: string): string[] {
  const ancestors: string[] = [];
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    ancestors.push(path.slice(0, slash));
  }
  return ancestors;
}

/**
 * Finds the topmost directory above a path that `fits`. Each directory is asked about once: a peer may send many
 * paths that are 256 levels deep, and looking at each level of each costs minutes.
 */
export function topmostAbove(fits: (directory: string) => boolean): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const find = (path: string): string | undefined => {
    const directory = parentOf(path);
    if (directory === "" || known.has(directory)) return known.get(directory);
    const topmost = find(directory) ?? (fits(directory) ? directory : undefined);
    known.set(directory, topmost);
    return topmost;
  };
  return find;
}

/** Adds a path and the directories above it to a set that has with each path those above it; the topmost first. */
export function addWithAncestors(paths: Set<string>, path: string): void {
  const missing: string[] = [];
  for (let next = path; next !== "" && !paths.has(next); next = parentOf(next)) missing.push(next);
  for (const next of missing.reverse()) paths.add(next);
}
