import { quote } from "../errors.js";
import {
  type Changeset,
  type EntryLookup,
  entriesByPath,
  indexByPath,
  type Manifest,
  type ManifestEntry,
  sameButForTime,
  sameContent,
  sameEntry,
} from "../manifest/entry.js";
import {
  addWithAncestors,
  ancestorsOf,
  comparePaths,
  parentOf,
  topmostAbove,
} from "../manifest/path-rules.js";
import { type ChangedBy, type Conflict, conflict, conflictAt, describe } from "./conflict.js";

export interface MergeInput {
  /** What was sent. */
  base: Manifest;
  /** What came back; it must fit `base` (`patchManifest`). */
  theirs: Changeset;
  /**
   * What stands here now: at the paths that `theirs` touches, at all directories above them, and directly in the
   * directories that it removes. A file without a digest is something that cannot be compared: a socket, a FIFO, a
   * device, or a path that is never carried.
   */
  ours: ReadonlyMap<string, ManifestEntry>;
  /** What becomes of a conflict. Default `fail`. */
  onConflict?: ConflictPolicy;
  /** Names who changed a path; it is used in the reasons of conflicts. */
  changedBy?: ChangedBy | undefined;
}

/**
 * `fail`: it is reported, and nothing of it is done. `theirs`: the change wins over what stands here, but for a
 * directory that holds something the changeset does not know, which stays a conflict. `ours`: what stands here stays.
 */
export type ConflictPolicy = "fail" | "theirs" | "ours";

export interface MergeResult {
  /** What is left to do here; never touches a path that is in conflict. */
  apply: Changeset;
  conflicts: Conflict[];
  /** What was decided by `onConflict`: with `theirs` the paths that are overwritten, with `ours` those that are left out. */
  resolved: Conflict[];
}

/**
 * Merges three ways, path by path: ours as in base → theirs; ours as theirs → nothing to do; otherwise a conflict.
 * Further:
 * 1. Time alone is never a conflict; where only the time was changed there and something else here, ours stays.
 * 2. A changed file keeps the mode that it has here unless the other side changed the mode too.
 * 3. What is put below a directory that is no directory here any more is a conflict.
 * 4. Removing a directory that holds something here that the changeset does not delete is a conflict.
 */
export function mergeChangeset(input: MergeInput): MergeResult {
  return new Merge(input).run();
}

type Verdict = Decision | { conflict: Conflict; forced?: Decision | undefined };
type Decision = { upsert: ManifestEntry } | "delete" | "nothing";

class Merge {
  readonly #input: MergeInput;
  readonly #base: EntryLookup;
  readonly #upserts: ReadonlyMap<string, ManifestEntry>;
  readonly #deletions: Set<string>;
  readonly #oursByDirectory: Map<string, string[]>;
  readonly #noDirectoryAbove: (path: string) => string | undefined;
  readonly #taken = { upserts: [] as ManifestEntry[], deletions: [] as string[] };
  /** Directories of base that are to stand again because something is put below them. */
  readonly #revived = new Map<string, ManifestEntry>();
  readonly #conflicts: Conflict[] = [];
  readonly #resolved: Conflict[] = [];

  constructor(input: MergeInput) {
    this.#input = input;
    this.#base = entriesByPath(input.base);
    this.#upserts = indexByPath(input.theirs.upserts);
    this.#deletions = new Set(input.theirs.deletions);
    this.#oursByDirectory = byDirectory(input.ours.keys());
    this.#noDirectoryAbove = topmostAbove(
      (directory) =>
        this.#upserts.get(directory)?.kind !== "directory" && input.ours.get(directory)?.kind !== "directory",
    );
  }

  run(): MergeResult {
    for (const entry of this.#input.theirs.upserts) this.#note(entry.path, this.#judgeUpsert(entry));
    for (const path of this.#input.theirs.deletions) this.#note(path, this.#judgeDeletion(path));
    const upserts = [...this.#revived.values(), ...this.#taken.upserts];
    if (this.#revived.size > 0) upserts.sort((a, b) => comparePaths(a.path, b.path));
    const wanted = { upserts, deletions: this.#taken.deletions };
    const kept = this.#input.onConflict === "ours" ? this.#resolved : this.#conflicts;
    const apply = this.#withoutConflicts(wanted, kept);
    if (this.#input.onConflict === "ours") this.#resolved.push(...leftOut(wanted, apply, this.#isDone));
    return { apply, conflicts: this.#conflicts, resolved: this.#resolved };
  }

  #note(path: string, verdict: Verdict): void {
    if (typeof verdict === "object" && "conflict" in verdict) this.#noteConflict(path, verdict);
    else this.#do(path, verdict);
  }

  #noteConflict(
    path: string,
    { conflict, forced }: { conflict: Conflict; forced?: Decision | undefined },
  ): void {
    const { onConflict = "fail" } = this.#input;
    const isForced = onConflict === "theirs" && forced !== undefined;
    (isForced || onConflict === "ours" ? this.#resolved : this.#conflicts).push(conflict);
    if (isForced) this.#do(path, forced);
  }

  #do(path: string, decision: Decision): void {
    if (decision === "delete") this.#taken.deletions.push(path);
    else if (decision !== "nothing") this.#taken.upserts.push(decision.upsert);
  }

  #judgeUpsert(theirs: ManifestEntry): Verdict {
    const { path } = theirs;
    const base = this.#base.get(path);
    const ours = this.#input.ours.get(path);
    if (base !== undefined && sameButForTime(base, theirs)) {
      return ours !== undefined && sameContent(base, ours) ? this.#takeTime(theirs, ours) : "nothing";
    }
    const blocking = this.#noDirectoryAbove(path);
    if (blocking !== undefined) return this.#judgeBelowNoDirectory(theirs, blocking);
    if (ours !== undefined && this.#isSameChange(base, ours, theirs)) return "nothing";
    const taken = this.#take(theirs, base, ours);
    if (this.#isAsBase(base, ours, theirs)) return taken;
    return isModeOnly(base, theirs) ? this.#judgeModeOnly(theirs, ours) : this.#conflictOr(path, taken);
  }

  /** The content that was sent is on neither side any more: `theirs` can win with its mode, if a file stands here. */
  #judgeModeOnly(theirs: ManifestEntry, ours: ManifestEntry | undefined): Verdict {
    const forced = ours?.digest === undefined ? undefined : { upsert: { ...ours, mode: theirs.mode } };
    return { conflict: this.#conflictAt(theirs.path), forced };
  }

  /** A conflict with what stands here; `theirs` decides it with `forced`, or is told why not even that can be done. */
  #conflictOr(path: string, forced: Verdict): Verdict {
    if (typeof forced !== "object" || !("conflict" in forced))
      return { conflict: this.#conflictAt(path), forced };
    return this.#input.onConflict === "theirs" ? forced : { conflict: this.#conflictAt(path) };
  }

  /** `theirs` wins here by bringing the directories back that were sent; what stands in their place is lost. */
  #judgeBelowNoDirectory(theirs: ManifestEntry, blocking: string): Verdict {
    const { changedBy, ours, onConflict } = this.#input;
    const reason = `its directory ${quote(blocking)} is now ${describe(ours.get(blocking))}`;
    const isLost = isModeOnly(this.#base.get(theirs.path), theirs);
    if (isLost) return { conflict: conflict(theirs.path, reason, changedBy, blocking) };
    if (onConflict === "theirs") {
      for (const directory of ancestorsOf(theirs.path)) {
        const sent = this.#base.get(directory);
        const isMissing = ours.get(directory)?.kind !== "directory" && !this.#upserts.has(directory);
        if (isMissing && sent !== undefined) this.#revived.set(directory, sent);
      }
    }
    const found = conflict(theirs.path, reason, changedBy, blocking);
    return { conflict: found, forced: { upsert: theirs } };
  }

  #conflictAt(path: string): Conflict {
    const sides = { path, base: this.#base.get(path), ours: this.#input.ours.get(path) };
    return conflictAt(sides, this.#input.changedBy);
  }

  #isSameChange(base: ManifestEntry | undefined, ours: ManifestEntry, theirs: ManifestEntry): boolean {
    const isModeTheirs = base?.kind !== theirs.kind || base.mode !== theirs.mode;
    return sameContent(ours, theirs) && (ours.mode === theirs.mode || !isModeTheirs);
  }

  #takeTime(theirs: ManifestEntry, ours: ManifestEntry): Verdict {
    return theirs.mtimeUs === ours.mtimeUs ? "nothing" : { upsert: { ...theirs, mode: ours.mode } };
  }

  /** Whether ours is still what was sent; a mode changed here counts only if it was changed there as well. */
  #isAsBase(
    base: ManifestEntry | undefined,
    ours: ManifestEntry | undefined,
    theirs: ManifestEntry,
  ): boolean {
    if (base === undefined || ours === undefined) return base === ours;
    if (sameButForTime(base, ours)) return true;
    return (
      sameContent(base, ours) && base.kind === "file" && theirs.kind === "file" && base.mode === theirs.mode
    );
  }

  #take(theirs: ManifestEntry, base: ManifestEntry | undefined, ours: ManifestEntry | undefined): Verdict {
    if (ours?.kind === "directory" && theirs.kind !== "directory") {
      const kept = this.#keptIn(theirs.path);
      if (kept !== undefined) return { conflict: kept };
    }
    const keepsMode = base?.kind === "file" && ours?.kind === "file" && base.mode === theirs.mode;
    return { upsert: keepsMode && theirs.kind === "file" ? { ...theirs, mode: ours.mode } : theirs };
  }

  #judgeDeletion(path: string): Verdict {
    const base = this.#base.get(path);
    const ours = this.#input.ours.get(path);
    if (ours === undefined) return "nothing";
    const kept = ours.kind === "directory" ? this.#keptIn(path) : undefined;
    const verdict = kept === undefined ? "delete" : { conflict: kept };
    return base !== undefined && sameButForTime(base, ours) ? verdict : this.#conflictOr(path, verdict);
  }

  #keptIn(directory: string): Conflict | undefined {
    const kept = this.#oursByDirectory.get(directory)?.find((path) => !this.#deletions.has(path));
    if (kept === undefined) return undefined;
    const reason = `it is to be removed, but holds ${quote(kept)} here`;
    return conflict(directory, reason, this.#input.changedBy, kept);
  }

  /** What is below a conflict cannot be done, and what still holds one cannot be removed. */
  #withoutConflicts({ upserts, deletions }: Changeset, conflicts: readonly Conflict[]): Changeset {
    const conflicting = new Set(conflicts.map((conflict) => conflict.path));
    const above = new Set<string>();
    for (const { path } of conflicts) addWithAncestors(above, parentOf(path));
    const conflictAbove = topmostAbove((directory) => conflicting.has(directory));
    const isBelowOne = (path: string) => conflictAbove(path) !== undefined;
    const isPossible = ({ path, kind }: ManifestEntry) =>
      !isBelowOne(path) && (kind === "directory" || !above.has(path));
    return {
      upserts: upserts.filter((entry) => !this.#isDone(entry) && isPossible(entry)),
      deletions: deletions.filter((path) => !isBelowOne(path) && !above.has(path)),
    };
  }

  readonly #isDone = (entry: ManifestEntry): boolean => {
    const ours = this.#input.ours.get(entry.path);
    return ours !== undefined && sameEntry(ours, entry);
  };
}

/** Whether a file keeps its content, which then does not come with the change. */
function isModeOnly(base: ManifestEntry | undefined, theirs: ManifestEntry): boolean {
  return base?.kind === "file" && sameContent(base, theirs);
}

/** What is in no conflict itself, but cannot be done beside one that keeps what is here. */
function leftOut(wanted: Changeset, apply: Changeset, isDone: (entry: ManifestEntry) => boolean): Conflict[] {
  const done = new Set([...apply.upserts.map((entry) => entry.path), ...apply.deletions]);
  const missing = wanted.upserts.filter((entry) => !isDone(entry)).map((entry) => entry.path);
  return [...missing, ...wanted.deletions]
    .filter((path) => !done.has(path))
    .map((path) => ({ path, reason: "it is above or below a path that stays as it is here" }));
}

function byDirectory(paths: Iterable<string>): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const path of paths) {
    const directory = parentOf(path);
    const group = grouped.get(directory);
    if (group === undefined) grouped.set(directory, [path]);
    else group.push(path);
  }
  return grouped;
}
