import { existsSync, lstatSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** How far a search has gone. */
export interface Search {
  found?: Found;
  /** The last directory that was looked in. */
  top: string;
  /** Why none above it: a git repository begins there, it is the last below the home directory, and so on. */
  end: "repository" | "home" | "mount" | "root";
}

export interface Found {
  path: string;
  /** The directory that it was looked for in. */
  directory: string;
  /** It is not in the directory in which the search began. */
  isAbove: boolean;
  /** It is above, and neither the user's, nor root's, nor of whoever owns the directory of the beginning. */
  isForeign: boolean;
}

export interface SearchOptions {
  /** Paths below the directory that is looked in. */
  names: readonly string[];
  /** What may stand there. Default: a file. */
  accepts?: (stats: Stats) => boolean;
  /** Default: that of the user. */
  home?: string;
}

/**
 * Looks for something in a directory and those above it, of several names for the first. The search ends where a git
 * repository begins, before the home directory, the root and another file system: what lies there by chance belongs to
 * no project. It may look in any of them when it begins there.
 *
 * @param start - absolute
 */
export function searchUpwards(start: string, options: SearchOptions): Search {
  const { names, accepts = isFile, home = homedir() } = options;
  const isThere = (path: string) => {
    const stats = statsOf(path);
    return stats !== undefined && accepts(stats);
  };
  for (let directory = start; ; directory = dirname(directory)) {
    const path = names.map((name) => join(directory, name)).find(isThere);
    const end = endAt(directory, home);
    const isAbove = directory !== start;
    const found = path && { path, directory, isAbove, isForeign: isAbove && isForeign(path, start) };
    if (found || end) return { ...(found && { found }), top: directory, end: end ?? "root" };
  }
}

function endAt(directory: string, home: string): Search["end"] | undefined {
  if (existsSync(join(directory, ".git"))) return "repository";
  const above = dirname(directory);
  if (directory === home || above === home) return "home";
  if (dirname(above) === above) return "root";
  return statsOf(directory)?.dev === statsOf(above)?.dev ? undefined : "mount";
}

/** As in `/tmp`, where anybody may put a file in the way of a search. */
function isForeign(path: string, start: string): boolean {
  const trusted = [process.getuid?.(), 0, statsOf(start)?.uid];
  return !trusted.includes(lstatSync(path, { throwIfNoEntry: false })?.uid);
}

function isFile(stats: Stats): boolean {
  return stats.isFile();
}

/** Nothing where it cannot be looked at: then nothing can be read there either. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
