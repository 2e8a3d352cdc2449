import type { Changeset, ManifestEntry } from "../manifest/entry.js";
import { comparePaths, parentOf } from "../manifest/path-rules.js";
import type { FileIdentity } from "../snapshot/file-identity.js";
import type { Observation } from "./observe.js";

/** One change of one path. Each can be done and undone, also twice, from it and from what stands on the disk. */
export type PlanStep = Remove | RemoveDirectory | MakeDirectory | Put | SetMode;

/** Moves a file or symlink out of the tree, to `old-<old>`. */
export interface Remove {
  kind: "remove";
  path: string;
  old: number;
  before: FileIdentity;
}

export interface RemoveDirectory {
  kind: "remove-directory";
  path: string;
  /** Which it has when its turn comes. */
  mode: number;
}

/** With mode 0700 for the time being. */
export interface MakeDirectory {
  kind: "make-directory";
  path: string;
}

/** Moves `new-<staged>` into the tree; what it replaces gets a second name before, `old-<replaces.old>`. */
export interface Put {
  kind: "put";
  path: string;
  staged: number;
  replaces: { old: number; before: FileIdentity } | undefined;
}

/** Sets the permission bits of a directory; setuid, setgid and sticky stay. */
export interface SetMode {
  kind: "set-mode";
  path: string;
  before: number;
  after: number;
}

export interface PlanInput {
  /** What is left to do after the merge. */
  changeset: Changeset;
  observation: Observation;
  /** The number of the staged file or symlink for each path that gets one. */
  staged: ReadonlyMap<string, number>;
  /** Whether a directory has to be writable by its owner for its entries to change; not so for root. */
  opensDirectories: boolean;
}

const PERMISSIONS = 0o777;
const OWNER_MAY_CHANGE = 0o300;
const MADE_WITH = 0o700;

/**
 * The steps that bring a changeset into the tree:
 * 1. What is deleted, or makes way for another kind, goes, deepest first.
 * 2. In tree order, directories are made and files and symlinks put.
 * 3. Directories get their modes, deepest first.
 *
 * A directory that its owner may not write to is opened before the first change in it, and closed in 3. The same
 * input gives the same steps each time, so they need not be kept.
 */
export function* planSteps(input: PlanInput): Generator<PlanStep> {
  const planner = new Planner(input);
  yield* planner.removals();
  yield* planner.upserts();
  yield* planner.modes();
}

class Planner {
  readonly #input: PlanInput;
  /** Directories that are open for the time being, with the mode to give back. */
  readonly #opened = new Map<string, number>();
  #parentSeen: string | undefined;
  #old = 0;

  constructor(input: PlanInput) {
    this.#input = input;
  }

  *removals(): Generator<PlanStep> {
    for (const path of this.#removedPaths()) {
      yield* this.#openParent(path);
      if (this.#isDirectoryHere(path)) {
        yield { kind: "remove-directory", path, mode: this.#modeNow(path) };
        this.#opened.delete(path);
      } else {
        yield { kind: "remove", path, ...this.#keep(path) };
      }
    }
  }

  *upserts(): Generator<PlanStep> {
    for (const entry of this.#input.changeset.upserts) {
      if (entry.kind === "directory" && this.#isDirectoryHere(entry.path)) continue;
      yield* this.#openParent(entry.path);
      yield entry.kind === "directory" ? { kind: "make-directory", path: entry.path } : this.#put(entry);
    }
  }

  *modes(): Generator<PlanStep> {
    const modes = new Map(this.#opened);
    for (const entry of this.#input.changeset.upserts) {
      if (entry.kind === "directory") modes.set(entry.path, entry.mode);
    }
    for (const [path, after] of [...modes].sort(([a], [b]) => comparePaths(b, a))) {
      const before = this.#isDirectoryHere(path) ? this.#modeNow(path) & PERMISSIONS : MADE_WITH;
      if (before !== after) yield { kind: "set-mode", path, before, after };
    }
  }

  /** Deepest first; also what changes between directory and not, since no rename can do that. */
  #removedPaths(): string[] {
    const { changeset, observation } = this.#input;
    const makeWay = changeset.upserts.filter(({ path, kind }) => {
      const ours = observation.ours.get(path);
      return ours !== undefined && (ours.kind === "directory") !== (kind === "directory");
    });
    return [...changeset.deletions, ...makeWay.map((entry) => entry.path)].sort(comparePaths).reverse();
  }

  #put({ path }: ManifestEntry): Put {
    const staged = this.#input.staged.get(path);
    if (staged === undefined) throw new Error(`Nothing is staged for ${path}.`);
    const ours = this.#input.observation.ours.get(path);
    const replaces = ours === undefined || ours.kind === "directory" ? undefined : this.#keep(path);
    return { kind: "put", path, staged, replaces };
  }

  #keep(path: string): { old: number; before: FileIdentity } {
    const before = this.#input.observation.identities.get(path);
    if (before === undefined) throw new Error(`Nobody looked at ${path}.`);
    return { old: this.#old++, before };
  }

  *#openParent(path: string): Generator<SetMode> {
    const parent = parentOf(path);
    if (parent === this.#parentSeen || !this.#input.opensDirectories) return;
    this.#parentSeen = parent;
    if (!this.#isDirectoryHere(parent)) return;
    const before = this.#modeNow(parent) & PERMISSIONS;
    if ((before & OWNER_MAY_CHANGE) === OWNER_MAY_CHANGE) return;
    this.#opened.set(parent, before);
    yield { kind: "set-mode", path: parent, before, after: before | OWNER_MAY_CHANGE };
  }

  #modeNow(directory: string): number {
    const { identities, rootMode } = this.#input.observation;
    const mode = directory === "" ? rootMode : (identities.get(directory)?.mode ?? MADE_WITH);
    return (mode & 0o7777) | (this.#opened.has(directory) ? OWNER_MAY_CHANGE : 0);
  }

  #isDirectoryHere(path: string): boolean {
    return path === "" || this.#input.observation.ours.get(path)?.kind === "directory";
  }
}
