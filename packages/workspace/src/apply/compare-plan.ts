import { type BigIntStats, lstatSync, readdirSync } from "node:fs";
import { WorkspaceError } from "../errors.js";
import { ancestorsOf } from "../manifest/path-rules.js";
import { type FileIdentity, identityOf, sameIdentity } from "../snapshot/file-identity.js";
import type { RecordedStep } from "./plan-file.js";
import type { TreeCursor } from "./tree-cursor.js";

const PERMISSIONS = 0o777;
const MADE_WITH = 0o700;

export interface CompareOptions {
  cursor: TreeCursor;
  directory: string;
  /** Those that are to be done, or to be undone. */
  steps: readonly RecordedStep[];
  direction: "redo" | "undo";
}

/** A path that is neither as it was before the commit nor as the commit makes it. */
export interface Stranger {
  path: string;
  stats: BigIntStats | undefined;
  steps: readonly RecordedStep[];
}

/**
 * Finds the first path of a plan on which somebody else has worked since. What the commit itself may have left,
 * wherever it was interrupted and however often it was taken up again, is no stranger; nor is a path that is missing
 * where the next step needs none.
 */
export function findStranger(options: CompareOptions): Stranger | undefined {
  const byPath = new Map<string, RecordedStep[]>();
  for (const step of options.steps) {
    const steps = byPath.get(step.path);
    if (steps === undefined) byPath.set(step.path, [step]);
    else steps.push(step);
  }
  const comparison = new Comparison(options, byPath);
  for (const [path, steps] of byPath) {
    const blocking = comparison.strangerAbove(path);
    if (blocking !== undefined) return { path: blocking, stats: comparison.look(blocking), steps: [] };
    const stats = comparison.look(path);
    if (!comparison.isOurs(path, stats, steps)) return { path, stats, steps };
  }
  return undefined;
}

class Comparison {
  readonly #options: CompareOptions;
  readonly #byPath: ReadonlyMap<string, readonly RecordedStep[]>;

  constructor(options: CompareOptions, byPath: ReadonlyMap<string, readonly RecordedStep[]>) {
    this.#options = options;
    this.#byPath = byPath;
  }

  /** A directory above that is none any more, though the plan does not touch it. */
  strangerAbove(path: string): string | undefined {
    if (this.#reach(path) !== undefined) return undefined;
    const blocking = ancestorsOf(path).find((directory) => this.look(directory)?.isDirectory() !== true);
    return blocking === undefined || this.#byPath.has(blocking) ? undefined : blocking;
  }

  /** Undefined also when a directory above is none. */
  look(path: string): BigIntStats | undefined {
    const location = this.#reach(path);
    return location === undefined ? undefined : lstatSync(location, { bigint: true, throwIfNoEntry: false });
  }

  #reach(path: string): string | undefined {
    try {
      return path === "" ? `${this.#options.cursor.enter("")}/.` : this.#options.cursor.locate(path);
    } catch (cause) {
      if (cause instanceof WorkspaceError && cause.code === "PATH_ESCAPES") return undefined;
      throw cause;
    }
  }

  isOurs(path: string, stats: BigIntStats | undefined, steps: readonly RecordedStep[]): boolean {
    if (stats === undefined) return steps.every((step) => this.#mayBeMissing(step, steps));
    if (stats.isDirectory()) return this.#isOurDirectory(path, stats, steps);
    return steps.some((step) => this.#isOurLeaf(step, stats));
  }

  #mayBeMissing(step: RecordedStep, steps: readonly RecordedStep[]): boolean {
    const isRedo = this.#options.direction === "redo";
    switch (step.kind) {
      case "put":
        if (isRedo) return this.#staged(step) !== undefined;
        return step.replaces === undefined || this.#kept(step.replaces.old) !== undefined;
      case "remove":
        return isRedo || this.#kept(step.old) !== undefined;
      case "set-mode":
        return steps.some(({ kind }) => kind === "make-directory" || kind === "remove-directory");
      default:
        return true;
    }
  }

  #isOurDirectory(path: string, stats: BigIntStats, steps: readonly RecordedStep[]): boolean {
    const mode = Number(stats.mode) & PERMISSIONS;
    if (!steps.flatMap(modesOf).includes(mode) && !isBeingMade(mode, steps)) return false;
    for (const step of steps) {
      if (step.kind === "put" && this.#staged(step) === undefined) return false;
      if (step.kind === "remove" && this.#kept(step.old) === undefined) return false;
    }
    const goes = this.#options.direction === "redo" ? "remove-directory" : "make-directory";
    return !steps.some(({ kind }) => kind === goes) || this.#holdsOnlyOurs(path);
  }

  /** A directory that is to go must hold nothing that the plan does not know. */
  #holdsOnlyOurs(directory: string): boolean {
    const names = readdirSync(this.#options.cursor.enter(directory));
    return names.every((name) => this.#byPath.has(`${directory}/${name}`));
  }

  #isOurLeaf(step: RecordedStep, stats: BigIntStats): boolean {
    if (step.kind === "remove")
      return this.#kept(step.old) === undefined && this.#isAsBefore(stats, step.before);
    if (step.kind !== "put") return false;
    const isStaged = this.#staged(step) !== undefined;
    if (step.replaces === undefined) return !isStaged && sameFile(stats, step.after);
    const kept = this.#kept(step.replaces.old);
    if (kept !== undefined) return isStaged ? kept.ino === stats.ino : sameFile(stats, step.after);
    if (isStaged || this.#options.direction === "undo") return this.#isAsBefore(stats, step.replaces.before);
    return false;
  }

  /** A file that went out and came back has another change time; before that, even this must be as it was. */
  #isAsBefore(stats: BigIntStats, before: FileIdentity): boolean {
    if (this.#options.direction === "redo") return sameIdentity(identityOf(stats), before);
    return sameFile(stats, before);
  }

  #staged(step: { staged: number }): BigIntStats | undefined {
    return this.#inArea(`new-${step.staged}`);
  }

  #kept(old: number): BigIntStats | undefined {
    return this.#inArea(`old-${old}`);
  }

  #inArea(name: string): BigIntStats | undefined {
    return lstatSync(`${this.#options.directory}/${name}`, { bigint: true, throwIfNoEntry: false });
  }
}

function modesOf(step: RecordedStep): number[] {
  switch (step.kind) {
    case "set-mode":
      return [step.before, step.after];
    case "remove-directory":
      return [step.mode & PERMISSIONS];
    default:
      return [];
  }
}

/** Made by us, with its mode not yet set: mode 0700, without what the umask takes away. */
function isBeingMade(mode: number, steps: readonly RecordedStep[]): boolean {
  const isOfOurs = steps.some(({ kind }) => kind === "make-directory" || kind === "remove-directory");
  return isOfOurs && (mode & ~MADE_WITH) === 0;
}

function sameFile(stats: BigIntStats, other: FileIdentity): boolean {
  return sameIdentity({ ...identityOf(stats), ctimeNs: other.ctimeNs }, other);
}
