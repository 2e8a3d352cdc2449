import {
  type BigIntStats,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { WorkspaceError } from "../errors.js";
import { type FileIdentity, identityOf, sameIdentity } from "../snapshot/file-identity.js";
import { fileChanged } from "../snapshot/read-file.js";
import type { MakeDirectory, PlanStep, Put, Remove, RemoveDirectory } from "./commit-plan.js";
import type { RecordedStep } from "./plan-file.js";
import type { TreeCursor } from "./tree-cursor.js";

const PERMISSIONS = 0o777;
const NOT_CARRIED = 0o7000;
const OWNER_ALL = 0o700;

export interface StepRunnerOptions {
  cursor: TreeCursor;
  /** Where `new-<number>` and `old-<number>` are. */
  directory: string;
  /**
   * Whether steps may have been done before. If not, what is not as planned is an error; if so, a step whose effect
   * is there is passed over: the caller has compared all paths.
   */
  isAgain: boolean;
  onStep: (name: string) => void;
}

/**
 * Does and undoes steps of a plan. Whether a step was done shows in its directory: a rename out of it or into it is
 * one atomic act. No existing inode is written to, and nothing is removed from the tree but what the plan names.
 */
export class StepRunner {
  readonly #cursor: TreeCursor;
  readonly #options: StepRunnerOptions;

  constructor(options: StepRunnerOptions) {
    this.#cursor = options.cursor;
    this.#options = options;
  }

  redo(step: PlanStep): void {
    this.#options.onStep(`${step.kind} ${step.path}`);
    switch (step.kind) {
      case "remove":
        this.#remove(step);
        break;
      case "remove-directory":
        this.#removeDirectory(step);
        break;
      case "make-directory":
        this.#makeDirectory(step);
        break;
      case "put":
        this.#put(step);
        break;
      case "set-mode":
        this.#setMode(step.path, step.after);
        break;
    }
  }

  /** May be called for a step that was not done, half done, or undone already. */
  undo(step: RecordedStep): void {
    this.#options.onStep(`undo ${step.kind} ${step.path}`);
    switch (step.kind) {
      case "remove":
        this.#putBack(step);
        break;
      case "remove-directory":
        this.#restoreDirectory(step);
        break;
      case "make-directory":
        this.#unmakeDirectory(step);
        break;
      case "put":
        if (step.replaces === undefined) this.#takeBack(step);
        else this.#swapBack(step, step.replaces.old);
        break;
      case "set-mode":
        this.#setMode(step.path, step.before);
        break;
    }
  }

  #remove({ path, old, before }: Remove): void {
    if (exists(this.#old(old))) return;
    const location = this.#locate(path);
    if (location !== undefined && this.#isAsPlanned(path, location, before))
      renameSync(location, this.#old(old));
  }

  #removeDirectory({ path }: RemoveDirectory): void {
    this.#cursor.leave(path);
    const location = this.#locate(path);
    const isDirectory = location !== undefined && look(location)?.isDirectory() === true;
    if (location !== undefined && (isDirectory || !this.#options.isAgain)) rmdirSync(location);
  }

  #makeDirectory({ path }: MakeDirectory): void {
    const location = this.#cursor.locate(path);
    if (this.#options.isAgain && exists(location)) return;
    mkdirSync(location, OWNER_ALL);
    // A umask may take from the owner what we need; the final mode is another step.
    if ((lstatSync(location).mode & OWNER_ALL) !== OWNER_ALL) chmodSync(this.#cursor.enter(path), OWNER_ALL);
  }

  #put({ path, staged, replaces }: Put): void {
    const source = this.#new(staged);
    if (this.#options.isAgain && !exists(source)) return;
    const location = this.#cursor.locate(path);
    if (replaces === undefined) {
      if (exists(location)) throw fileChanged(path, "was created while the change was applied");
    } else if (!exists(this.#old(replaces.old)) && this.#isAsPlanned(path, location, replaces.before)) {
      if (!linked(location, this.#old(replaces.old))) renameSync(location, this.#old(replaces.old));
      this.#options.onStep(`rename ${path}`);
    }
    renameSync(source, location);
  }

  #setMode(path: string, mode: number): void {
    const location = this.#enter(path);
    if (location === undefined) return;
    const now = statSync(location).mode;
    if ((now & PERMISSIONS) !== mode) chmodSync(location, mode | (now & NOT_CARRIED));
  }

  #putBack({ path, old }: Remove): void {
    if (!exists(this.#old(old))) return;
    const location = this.#cursor.locate(path);
    if (exists(location)) throw fileChanged(path, "was created while the change was undone");
    renameSync(this.#old(old), location);
  }

  #swapBack({ path, after }: Put & { after: FileIdentity }, old: number): void {
    const kept = look(this.#old(old));
    if (kept === undefined) return;
    const location = this.#cursor.locate(path);
    const now = look(location);
    // A rename between two names of one inode does nothing.
    if (now?.ino === kept.ino) unlinkSync(this.#old(old));
    else if (now === undefined || now.ino === after.inode) renameSync(this.#old(old), location);
    else throw fileChanged(path, "changed while the change was undone");
  }

  #takeBack({ path, staged, after }: Put & { after: FileIdentity }): void {
    if (exists(this.#new(staged))) return;
    const location = this.#cursor.locate(path);
    const now = look(location);
    if (now === undefined) return;
    if (now.ino !== after.inode) throw fileChanged(path, "changed while the change was undone");
    renameSync(location, this.#new(staged));
  }

  #restoreDirectory({ path, mode }: RemoveDirectory): void {
    const location = this.#cursor.locate(path);
    if (!exists(location)) mkdirSync(location, OWNER_ALL);
    const entered = this.#cursor.enter(path);
    if ((statSync(entered).mode & 0o7777) !== mode) chmodSync(entered, mode);
  }

  #unmakeDirectory({ path }: MakeDirectory): void {
    this.#cursor.leave(path);
    const location = this.#locate(path);
    if (location !== undefined && look(location)?.isDirectory() === true) rmdirSync(location);
  }

  /** The last look: what is about to go must be what was judged. False when it is gone, and may be. */
  #isAsPlanned(path: string, location: string, before: FileIdentity): boolean {
    const now = look(location);
    if (now === undefined && this.#options.isAgain) return false;
    if (now !== undefined && sameIdentity(identityOf(now), before)) return true;
    throw fileChanged(path, now === undefined ? "vanished" : "changed while the change was applied");
  }

  /** Undefined when a directory above is no more, which is right only where steps are done again. */
  #locate(path: string): string | undefined {
    return this.#unlessGone(() => this.#cursor.locate(path));
  }

  #enter(directory: string): string | undefined {
    return this.#unlessGone(() => this.#cursor.enter(directory));
  }

  #unlessGone(reach: () => string): string | undefined {
    try {
      return reach();
    } catch (cause) {
      const isGone = cause instanceof WorkspaceError && cause.code === "PATH_ESCAPES";
      if (isGone && this.#options.isAgain) return undefined;
      throw cause;
    }
  }

  #new(number: number): string {
    return `${this.#options.directory}/new-${number}`;
  }

  #old(number: number): string {
    return `${this.#options.directory}/old-${number}`;
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

function look(location: string): BigIntStats | undefined {
  return lstatSync(location, { bigint: true, throwIfNoEntry: false });
}

function exists(location: string): boolean {
  return lstatSync(location, { throwIfNoEntry: false }) !== undefined;
}
