import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmdirSync, statSync } from "node:fs";
import { systemCode, systemReason, WorkspaceError } from "../errors.js";
import type { Changeset, ManifestEntry } from "../manifest/entry.js";
import { comparePaths, parentOf } from "../manifest/path-rules.js";
import type { Pace } from "../pacing.js";
import { identityOf, sameIdentity } from "../snapshot/file-identity.js";
import { fileChanged } from "../snapshot/read-file.js";
import type { Observation } from "./observe.js";
import type { TreeCursor } from "./tree-cursor.js";
import { type Undo, undo } from "./undo.js";

const OWNER_MAY_CHANGE = 0o300;
/** Bits that a manifest does not carry; a directory keeps those that it has here. */
const NOT_CARRIED = 0o7000;

export interface CommitOptions {
  cursor: TreeCursor;
  changeset: Changeset;
  /** Where each new file and symlink waits. */
  staged: ReadonlyMap<string, string>;
  observation: Observation;
  /** Takes what is replaced or deleted until the commit is over. On the file system of the tree. */
  staging: string;
  pace: Pace;
}

/**
 * Brings a changeset into the tree, all of it or nothing:
 * 1. What is deleted, or makes way for another kind, is moved into staging, deepest first; an empty directory is removed.
 * 2. In tree order, directories are made and files renamed into place. A file that is replaced gets a second name in
 *    staging before, so its path never is without a file. No existing inode is written to.
 * 3. Directories get their modes, deepest first.
 * If a step fails, the inverses of all steps before it are done in reverse.
 *
 * Not guaranteed: that a reader sees no state in between, that a change made between the last look at a path and its
 * rename is kept (it stays in staging until the commit ends), and, as the inverses are in memory, survival of a crash.
 */
export async function commit(options: CommitOptions): Promise<void> {
  const steps = new Commit(options);
  try {
    await steps.run();
  } catch (cause) {
    steps.rollBack(cause);
    throw cause instanceof WorkspaceError ? cause : failed(cause);
  }
}

class Commit {
  readonly #options: CommitOptions;
  readonly #cursor: TreeCursor;
  readonly #undo: Undo[] = [];
  /** Directories that were made writable for the time being, with the mode to give back. */
  readonly #opened = new Map<string, number>();
  #openParentSeen: string | undefined;
  #kept = 0;

  constructor(options: CommitOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
  }

  async run(): Promise<void> {
    const { changeset, pace } = this.#options;
    for (const path of this.#removals()) {
      if (pace.isDue()) await pace.rest();
      this.#remove(path);
    }
    for (const entry of changeset.upserts) {
      if (pace.isDue()) await pace.rest();
      if (entry.kind === "directory") this.#makeDirectory(entry);
      else this.#put(entry);
    }
    this.#setModes();
  }

  rollBack(cause: unknown): void {
    try {
      for (const step of this.#undo.toReversed()) undo(this.#cursor, step);
    } catch (second) {
      const message = `Applying the change failed, and undoing it failed too: ${systemReason(second)}. What was replaced is kept.`;
      throw new WorkspaceError("ROLLBACK_FAILED", message, { cause: new AggregateError([cause, second]) });
    }
  }

  /** Deepest first; also what changes between directory and not, since no rename can do that. */
  #removals(): string[] {
    const { changeset, observation } = this.#options;
    const makeWay = changeset.upserts.filter(({ path, kind }) => {
      const ours = observation.ours.get(path);
      return ours !== undefined && (ours.kind === "directory") !== (kind === "directory");
    });
    return [...changeset.deletions, ...makeWay.map((entry) => entry.path)].sort(comparePaths).reverse();
  }

  #remove(path: string): void {
    this.#openParent(path);
    if (this.#options.observation.ours.get(path)?.kind !== "directory") {
      this.#checkUnchanged(path);
      this.#moveAway(path);
      return;
    }
    this.#cursor.leave(path);
    const location = this.#cursor.locate(path);
    const mode = lstatSync(location).mode & 0o7777;
    rmdirSync(location);
    this.#opened.delete(path);
    this.#undo.push({ kind: "make-directory", path, mode });
  }

  #moveAway(path: string): void {
    const from = this.#keepName();
    renameSync(this.#cursor.locate(path), from);
    this.#undo.push({ kind: "move-back", path, from });
  }

  #makeDirectory({ path }: ManifestEntry): void {
    if (this.#isDirectoryHere(path)) return;
    this.#openParent(path);
    mkdirSync(this.#cursor.locate(path), 0o700);
    this.#undo.push({ kind: "remove-directory", path });
  }

  #put(entry: ManifestEntry): void {
    const { path } = entry;
    const staged = this.#options.staged.get(path);
    if (staged === undefined) throw new Error(`Nothing is staged for ${path}.`);
    this.#openParent(path);
    const location = this.#cursor.locate(path);
    const ours = this.#options.observation.ours.get(path);
    if (ours !== undefined && ours.kind !== "directory") {
      this.#checkUnchanged(path);
      this.#replace(path, staged);
      return;
    }
    if (exists(location)) throw fileChanged(path, "was created while the change was applied");
    renameSync(staged, location);
    this.#undo.push({ kind: "remove-leaf", path });
  }

  #replace(path: string, staged: string): void {
    const location = this.#cursor.locate(path);
    const from = this.#keepName();
    if (!linked(location, from)) {
      this.#moveAway(path);
      renameSync(staged, location);
      this.#undo.push({ kind: "remove-leaf", path });
      return;
    }
    renameSync(staged, location);
    this.#undo.push({ kind: "move-back", path, from });
  }

  #setModes(): void {
    const modes = new Map(this.#opened);
    for (const entry of this.#options.changeset.upserts) {
      if (entry.kind === "directory") modes.set(entry.path, entry.mode);
    }
    for (const [path, mode] of [...modes].sort(([a], [b]) => comparePaths(b, a))) this.#setMode(path, mode);
  }

  #setMode(path: string, mode: number): void {
    this.#cursor.leave(path);
    const location = this.#cursor.enter(path);
    const before = statSync(location).mode & 0o7777;
    const after = mode | (before & NOT_CARRIED);
    if (before === after) return;
    chmodSync(location, after);
    this.#undo.push({ kind: "set-mode", path, mode: before });
  }

  /** A directory without write permission is made writable while its entries change, as its owner may do. */
  #openParent(path: string): void {
    const parent = parentOf(path);
    if (parent === this.#openParentSeen || process.geteuid?.() === 0) return;
    this.#openParentSeen = parent;
    const location = this.#cursor.enter(parent);
    const mode = statSync(location).mode & 0o7777;
    if ((mode & OWNER_MAY_CHANGE) === OWNER_MAY_CHANGE) return;
    chmodSync(location, mode | OWNER_MAY_CHANGE);
    this.#opened.set(parent, mode);
    this.#undo.push({ kind: "set-mode", path: parent, mode });
  }

  #isDirectoryHere(path: string): boolean {
    return this.#options.observation.ours.get(path)?.kind === "directory";
  }

  /** The last look: what is about to go must be what was judged. */
  #checkUnchanged(path: string): void {
    const seen = this.#options.observation.identities.get(path);
    const now = identityOf(lstatSync(this.#cursor.locate(path), { bigint: true }));
    if (seen === undefined || !sameIdentity(seen, now))
      throw fileChanged(path, "changed while the change was applied");
  }

  #keepName(): string {
    return `${this.#options.staging}/old-${this.#kept++}`;
  }
}

function linked(location: string, from: string): boolean {
  try {
    linkSync(location, from);
    return true;
  } catch {
    // A file system without hard links, or one that is not ours: the way with a gap remains.
    return false;
  }
}

function exists(location: string): boolean {
  return lstatSync(location, { throwIfNoEntry: false }) !== undefined;
}

function failed(cause: unknown): unknown {
  if (systemCode(cause) === undefined) return cause;
  const message = `Applying the change failed: ${systemReason(cause)}. The directory is as it was before.`;
  return new WorkspaceError("IO_FAILED", message, { cause });
}
