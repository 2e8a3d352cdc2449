import { quote, WorkspaceError } from "../errors.js";
import type { Changeset, Manifest } from "../manifest/entry.js";

/** In which respect a file system takes two different names for one. */
export interface NameFolding {
  /** `Makefile` and `makefile` are one, as on macOS and Windows by default. */
  foldsCase: boolean;
  /** `é` as one character and as two are one, as on macOS. */
  foldsNormalization: boolean;
}

/**
 * Refuses a tree in which two names would be one file, if the changeset brings one of them.
 * @throws {WorkspaceError} NAME_CLASH, naming both
 */
export function refuseFoldedNames(result: Manifest, changeset: Changeset, folding: NameFolding): void {
  if (!folding.foldsCase && !folding.foldsNormalization) return;
  const brought = new Set(changeset.upserts.map((entry) => entry.path));
  const seen = new Map<string, string>();
  for (const { path } of result.entries) {
    const key = folded(path, folding);
    const other = seen.get(key);
    seen.set(key, path);
    if (other === undefined || !(brought.has(path) || brought.has(other))) continue;
    const message = `${quote(other)} and ${quote(path)} are one name on the file system of this directory. Rename one of them.`;
    throw new WorkspaceError("NAME_CLASH", message, { path });
  }
}

/** Whole paths, since what stands in two directories that are one must not clash either. */
function folded(path: string, { foldsCase, foldsNormalization }: NameFolding): string {
  const normal = foldsNormalization ? path.normalize("NFD") : path;
  // By way of upper case, in which ß and ss, ſ and s are one.
  return foldsCase ? normal.toUpperCase().toLowerCase() : normal;
}
