import { quote } from "../errors.js";
import { type ManifestEntry, sameContent } from "../manifest/entry.js";

/** A path where the change and what stands here now cannot both be had. */
export interface Conflict {
  readonly path: string;
  /** What stands there now, and what was expected. */
  readonly reason: string;
}

export function conflictAt(
  path: string,
  base: ManifestEntry | undefined,
  ours: ManifestEntry | undefined,
): Conflict {
  if (base === undefined) return { path, reason: `it was created here meanwhile: ${describe(ours)}` };
  if (ours === undefined) return { path, reason: `it was deleted here meanwhile; it was ${describe(base)}` };
  if (sameContent(base, ours)) {
    return { path, reason: `its mode was changed here meanwhile from ${octal(base)} to ${octal(ours)}` };
  }
  return {
    path,
    reason: `it was changed here meanwhile: it was ${describe(base)} and is now ${describe(ours)}`,
  };
}

export function describe(entry: ManifestEntry | undefined): string {
  if (entry === undefined) return "missing";
  switch (entry.kind) {
    case "directory":
      return "a directory";
    case "symlink":
      return `a symlink to ${quote(entry.target ?? "")}`;
    default:
      if (entry.digest === undefined) return "something that is not carried";
      return `a file of ${entry.sizeBytes} bytes (${entry.digest.slice(0, 8)})`;
  }
}

function octal(entry: ManifestEntry): string {
  return entry.mode.toString(8).padStart(3, "0");
}
