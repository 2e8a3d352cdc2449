import { quote } from "../errors.js";
import { type ManifestEntry, sameContent } from "../manifest/entry.js";

/** A path where the change and what stands here now cannot both be had. */
export interface Conflict {
  readonly path: string;
  /** What stands there now, what was expected, and who changed it where that is known. */
  readonly reason: string;
  /** Who changed it last during the run, if that was asked for and is known. */
  readonly changedBy?: string;
}

/** Says who changed a path last during the run, such as `task "lint" on build2`. */
export type ChangedBy = (path: string) => string | undefined;

export interface Sides {
  path: string;
  base: ManifestEntry | undefined;
  ours: ManifestEntry | undefined;
}

export function conflictAt({ path, base, ours }: Sides, changedBy: ChangedBy | undefined): Conflict {
  const whence = by(path, changedBy);
  if (base === undefined) return conflict(path, `it was created ${whence}: ${describe(ours)}`, changedBy);
  if (ours === undefined)
    return conflict(path, `it was deleted ${whence}; it was ${describe(base)}`, changedBy);
  if (sameContent(base, ours)) {
    const reason = `its mode was changed ${whence} from ${octal(base)} to ${octal(ours)}`;
    return conflict(path, reason, changedBy);
  }
  const reason = `it was changed ${whence}: it was ${describe(base)} and is now ${describe(ours)}`;
  return conflict(path, reason, changedBy);
}

/** @param culprit the path whose change is to blame, if it is not `path` itself */
export function conflict(
  path: string,
  reason: string,
  changedBy: ChangedBy | undefined,
  culprit = path,
): Conflict {
  const who = changedBy?.(culprit);
  return who === undefined ? { path, reason } : { path, reason, changedBy: who };
}

/** Completes "it was changed": by whom, as far as the caller knows. */
function by(path: string, changedBy: ChangedBy | undefined): string {
  if (changedBy === undefined) return "here meanwhile";
  const who = changedBy(path);
  return who === undefined ? "locally during the run" : `by ${who} during the run`;
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
