import type { Manifest, ManifestEntry } from "../manifest/entry.js";
import { comparePaths } from "../manifest/path-rules.js";
import { digestOf } from "./archive.js";

export function file(path: string, content: string, mode = 0o644, mtimeUs = 1_000_000): ManifestEntry {
  return {
    path,
    kind: "file",
    mode,
    mtimeUs,
    sizeBytes: Buffer.byteLength(content),
    digest: digestOf(content),
  };
}

export function directory(path: string, mode = 0o755): ManifestEntry {
  return { path, kind: "directory", mode, mtimeUs: 0, sizeBytes: 0 };
}

export function symlink(path: string, target: string): ManifestEntry {
  return { path, kind: "symlink", mode: 0, mtimeUs: 0, sizeBytes: 0, target };
}

/** Something that cannot be carried, as it is seen at the place of a change. */
export function special(path: string): ManifestEntry {
  return { path, kind: "file", mode: 0o644, mtimeUs: 0, sizeBytes: 0 };
}

export function manifest(...entries: ManifestEntry[]): Manifest {
  return { entries: entries.toSorted((a, b) => comparePaths(a.path, b.path)) };
}

/** Directories and a file in them whose path is valid, but too long for the file system below most directories. */
export function deepFile(): ManifestEntry[] {
  const names = Array.from({ length: 16 }, () => "d".repeat(250));
  const directories = names.map((_, index) => directory(names.slice(0, index + 1).join("/")));
  return [...directories, file([...names, "f".repeat(75)].join("/"), "")];
}
