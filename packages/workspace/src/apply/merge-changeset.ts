import { quote } from "../errors.js";
import {
  type Changeset,
  indexByPath,
  type Manifest,
  type ManifestEntry,
  sameButForTime,
  sameContent,
  sameEntry,
} from "../manifest/entry.js";
import { addWithAncestors, parentOf, topmostAbove } from "../manifest/path-rules.js";
import { type Conflict, conflictAt, describe } from "./conflict.js";

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
}

export interface MergeResult {
  /** What is left to do here; never touches a path that is in conflict. */
  apply: Changeset;
  conflicts: Conflict[];
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

type Verdict = { conflict: Conflict } | { upsert: ManifestEntry } | "delete" | "nothing";

class Merge {
  readonly #input: MergeInput;
  readonly #base: Map<string, ManifestEntry>;
  readonly #upserts: Map<string, ManifestEntry>;
  readonly #deletions: Set<string>;
  readonly #oursByDirectory: Map<string, string[]>;
  readonly #noDirectoryAbove: (path: string) => string | undefined;

  constructor(input: MergeInput) {
    this.#input = input;
    this.#base = indexByPath(input.base.entries);
    this.#upserts = indexByPath(input.theirs.upserts);
    this.#deletions = new Set(input.theirs.deletions);
    this.#oursByDirectory = byDirectory(input.ours.keys());
    this.#noDirectoryAbove = topmostAbove(
      (directory) =>
        this.#upserts.get(directory)?.kind !== "directory" && input.ours.get(directory)?.kind !== "directory",
    );
  }

  run(): MergeResult {
    const upserts: ManifestEntry[] = [];
    const deletions: string[] = [];
    const conflicts: Conflict[] = [];
    const note = (path: string, verdict: Verdict) => {
      if (verdict === "delete") deletions.push(path);
      else if (verdict === "nothing") return;
      else if ("upsert" in verdict) upserts.push(verdict.upsert);
      else conflicts.push(verdict.conflict);
    };
    for (const entry of this.#input.theirs.upserts) note(entry.path, this.#judgeUpsert(entry));
    for (const path of this.#input.theirs.deletions) note(path, this.#judgeDeletion(path));
    return { apply: this.#withoutConflicts({ upserts, deletions }, conflicts), conflicts };
  }

  #judgeUpsert(theirs: ManifestEntry): Verdict {
    const { path } = theirs;
    const base = this.#base.get(path);
    const ours = this.#input.ours.get(path);
    if (base !== undefined && sameButForTime(base, theirs)) {
      return ours !== undefined && sameContent(base, ours) ? this.#takeTime(theirs, ours) : "nothing";
    }
    const blocked = this.#blockedParent(path);
    if (blocked !== undefined) return { conflict: blocked };
    if (ours !== undefined && this.#isSameChange(base, ours, theirs)) return "nothing";
    return this.#isAsBase(base, ours, theirs)
      ? this.#take(theirs, base, ours)
      : { conflict: conflictAt(path, base, ours) };
  }

  #isSameChange(base: ManifestEntry | undefined, ours: ManifestEntry, theirs: ManifestEntry): boolean {
    return sameContent(ours, theirs) && (ours.mode === theirs.mode || base?.mode === theirs.mode);
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
    if (base === undefined || !sameButForTime(base, ours)) return { conflict: conflictAt(path, base, ours) };
    const kept = ours.kind === "directory" ? this.#keptIn(path) : undefined;
    return kept === undefined ? "delete" : { conflict: kept };
  }

  #blockedParent(path: string): Conflict | undefined {
    const blocking = this.#noDirectoryAbove(path);
    if (blocking === undefined) return undefined;
    const ours = describe(this.#input.ours.get(blocking));
    return { path, reason: `its directory ${quote(blocking)} is now ${ours}` };
  }

  #keptIn(directory: string): Conflict | undefined {
    const kept = this.#oursByDirectory.get(directory)?.find((path) => !this.#deletions.has(path));
    if (kept === undefined) return undefined;
    return { path: directory, reason: `it is to be removed, but holds ${quote(kept)} here` };
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

  #isDone(entry: ManifestEntry): boolean {
    const ours = this.#input.ours.get(entry.path);
    return ours !== undefined && sameEntry(ours, entry);
  }
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
