import { type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Paths below `directory` that match a pattern as in a shell: `*`, `?` and `[…]` within a name, `**` for any
 * depth of directories. Names that begin with a dot match only where the pattern says the dot; `**` follows
 * no links. Directories that cannot be read have no matches.
 */
export function findMatches(directory: string, pattern: string): Set<string> {
  const found = new Set<string>();
  const isAbsolute = pattern.startsWith("/");
  const segments = pattern.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.at(-1) === "**") segments.push("*");
  walk({ root: isAbsolute ? "/" : directory, found }, isAbsolute ? "/" : "", segments);
  return found;
}

/** Whether a path matches a pattern of {@link findMatches}. */
export function matchesPattern(path: string, pattern: string): boolean {
  const wanted = pattern.split("/").filter((segment) => segment !== "" && segment !== ".");
  return matchSegments(path.split("/"), wanted);
}

function matchSegments(names: readonly string[], wanted: readonly string[]): boolean {
  const [segment, ...rest] = wanted;
  const [name, ...deeper] = names;
  if (segment === undefined) return name === undefined;
  if (segment === "**") {
    if (matchSegments(names, rest)) return true;
    return name !== undefined && !name.startsWith(".") && matchSegments(deeper, wanted);
  }
  return name !== undefined && namePattern(segment).test(name) && matchSegments(deeper, rest);
}

interface Search {
  root: string;
  found: Set<string>;
}

/** Adds what matches `segments` below `base`, which is relative to the root. */
function walk(search: Search, base: string, segments: string[]): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    if (base !== "") search.found.add(base);
  } else if (segment === "**") {
    walk(search, base, rest);
    for (const entry of list(search, base)) {
      if (entry.isDirectory() && !entry.name.startsWith(".")) walk(search, join(base, entry.name), segments);
    }
  } else if (!/[*?[\\]/.test(segment)) {
    const path = join(base, segment);
    if (existsSync(join(search.root, path))) walk(search, path, rest);
  } else {
    walkNames(search, base, { segment, rest });
  }
}

function walkNames(
  search: Search,
  base: string,
  { segment, rest }: { segment: string; rest: string[] },
): void {
  const matches = namePattern(segment);
  for (const entry of list(search, base)) {
    if (!matches.test(entry.name)) continue;
    const path = join(base, entry.name);
    if (rest.length === 0 || isDirectory(search, path, entry)) walk(search, path, rest);
  }
}

function list(search: Search, base: string): Dirent[] {
  try {
    return readdirSync(join(search.root, base), { withFileTypes: true });
  } catch {
    return []; // Not a directory, or not ours to read: as in a shell, nothing matches.
  }
}

function isDirectory(search: Search, path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(join(search.root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The regular expression of one segment of a pattern. */
export function namePattern(segment: string): RegExp {
  const tokens = segment.match(/\[[!^]?\]?[^\]]*\]|\\.|./gsu) ?? [];
  const source = tokens.map(translate).join("");
  try {
    return new RegExp(`^${segment.startsWith(".") ? "" : "(?!\\.)"}${source}$`, "su");
  } catch {
    return /(?!)/; // A range that runs backwards, as in [z-a], matches nothing.
  }
}

function translate(token: string): string {
  if (token === "*") return ".*";
  if (token === "?") return ".";
  if (token.length > 2 && token.startsWith("[")) return translateSet(token);
  return quote(token.length === 2 && token.startsWith("\\") ? token.slice(1) : token);
}

function translateSet(token: string): string {
  const negated = /^\[[!^]/.test(token);
  const members = token.slice(negated ? 2 : 1, -1).replace(/[\\[\]^&~|]/g, "\\$&");
  return `[${negated ? "^" : ""}${members}]`;
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
