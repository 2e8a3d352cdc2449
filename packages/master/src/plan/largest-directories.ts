import type { ManifestEntry } from "@sloth/workspace";

/** A directory and what the files below it amount to. */
export interface DirectorySize {
  path: string;
  files: number;
  sizeBytes: number;
}

/** Deep enough to tell `node_modules/.cache` from the rest; deeper ones are not what a person leaves out. */
const LEVELS = 2;

/** The `count` directories of the top two levels with the most bytes below them, the largest first; none that is empty. */
export function largestDirectories(entries: Iterable<ManifestEntry>, count: number): DirectorySize[] {
  const sizes = new Map<string, DirectorySize>();
  for (const { path, kind, sizeBytes } of entries) {
    if (kind !== "file") continue;
    for (const directory of directoriesAbove(path)) {
      const size = sizes.get(directory) ?? { path: directory, files: 0, sizeBytes: 0 };
      size.files += 1;
      size.sizeBytes += sizeBytes;
      sizes.set(directory, size);
    }
  }
  return [...sizes.values()]
    .filter(({ sizeBytes }) => sizeBytes > 0)
    .sort((a, b) => b.sizeBytes - a.sizeBytes || (a.path < b.path ? -1 : 1))
    .slice(0, count);
}

function directoriesAbove(path: string): string[] {
  const directories: string[] = [];
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    directories.push(path.slice(0, slash));
    if (directories.length === LEVELS) break;
  }
  return directories;
}
