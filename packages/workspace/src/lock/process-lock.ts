import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import { unlinkIfThere } from "../layout/unlink-if-there.js";
import { isAlive, markIn, processMark } from "../root/process-mark.js";

/*
 * An exclusive lock between the processes of one machine. It is a directory with one file in it, whose name says who
 * has it:
 * 1. Make a draft of that directory beside it, with the file named by this process and a random part.
 * 2. Rename the draft to the lock. The kernel lets that pass only if the lock is missing or empty.
 * 3. Else, unlink the file of an owner that is dead, by its full name. No fresh lock has that name, so nobody can
 *    break one by coming late; and an empty lock goes to whoever renames first.
 * 4. To release, unlink one's own file, and the empty directory if nobody was faster.
 *
 * Not promised: any order among those who wait; that a process in another container, which sees other process
 * numbers, is taken for alive; file systems on which several machines rename.
 */

const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;

/** Held until `release`, or until the process ends in whatever way. */
export interface Lock {
  /** May be called again, and does not fail when the directory around the lock is gone. */
  release(): void;
}

export interface AcquireOptions {
  /** Stops the waiting; the promise rejects with its reason. */
  signal?: AbortSignal | undefined;
  /** Called once, when another process (or another call in this one) has the lock. */
  onWait?: ((pid: number) => void) | undefined;
}

/**
 * Waits for the lock at `path`, a directory that nothing else may use, in a directory that exists.
 * @throws {WorkspaceError} IO_FAILED when no lock can be made there
 */
export async function acquireLock(path: string, options: AcquireOptions = {}): Promise<Lock> {
  options.signal?.throwIfAborted();
  const draft = withLockErrors(path, () => Draft.at(path));
  try {
    for (let waitMs = FIRST_WAIT_MS, told = false; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const owner = withLockErrors(path, () => draft.offer());
      if (owner === undefined) return draft;
      if (!told) options.onWait?.(Number.parseInt(owner, 10));
      told = true;
      await delay(waitMs, undefined, { signal: options.signal }).catch(() =>
        options.signal?.throwIfAborted(),
      );
    }
  } catch (cause) {
    draft.discard();
    throw cause;
  }
}

/**
 * The lock at `path` if it is free or its owner is dead, else undefined.
 * @throws {WorkspaceError} IO_FAILED when no lock can be made there
 */
export function tryAcquireLock(path: string): Lock | undefined {
  return withLockErrors(path, () => {
    const draft = Draft.at(path);
    try {
      if (draft.offer() === undefined) return draft;
    } catch (cause) {
      draft.discard();
      throw cause;
    }
    draft.discard();
    return undefined;
  });
}

/** The directory that becomes the lock. */
class Draft implements Lock {
  readonly #path: string;
  readonly #owner = `${processMark()}-${randomUUID()}`;
  readonly #draft: string;

  private constructor(path: string) {
    this.#path = path;
    this.#draft = `${path}.${this.#owner}`;
  }

  static at(path: string): Draft {
    const draft = new Draft(path);
    removeDeadDrafts(path);
    mkdirSync(draft.#draft);
    chmodSync(draft.#draft, 0o755);
    writeFileSync(`${draft.#draft}/${draft.#owner}`, "", { flag: "wx" });
    return draft;
  }

  /** Takes the lock, or says who has it. */
  offer(): string | undefined {
    if (this.#rename()) return undefined;
    const owner = livingOwner(this.#path);
    return owner === undefined && this.#rename() ? undefined : (owner ?? livingOwner(this.#path) ?? "0");
  }

  discard(): void {
    remove(this.#draft, this.#owner);
  }

  release(): void {
    remove(this.#path, this.#owner);
  }

  #rename(): boolean {
    try {
      renameSync(this.#draft, this.#path);
      return true;
    } catch (cause) {
      if (systemCode(cause) === "ENOTEMPTY" || systemCode(cause) === "EEXIST") return false;
      throw cause;
    }
  }
}

/** Unlinks what dead owners left, and returns the one that lives. A name of another form is not ours to judge. */
function livingOwner(path: string): string | undefined {
  let living: string | undefined;
  for (const name of namesIn(path)) {
    const mark = markIn(name);
    if (mark === undefined) throw foreignFile(`${path}/${name}`);
    if (isAlive(mark)) living = name;
    else unlinkIfThere(`${path}/${name}`);
  }
  return living;
}

/** A process that died between its draft and its turn leaves the draft. */
function removeDeadDrafts(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of namesIn(dirname(path))) {
    const owner = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    const mark = markIn(owner);
    if (mark !== undefined && !isAlive(mark)) remove(`${dirname(path)}/${name}`, owner);
  }
}

function remove(directory: string, owner: string): void {
  unlinkIfThere(`${directory}/${owner}`);
  try {
    rmdirSync(directory);
  } catch {
    // Somebody else has it by now, or removed it.
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return [];
    throw cause;
  }
}

function foreignFile(location: string): WorkspaceError {
  const message = `${quote(location)} stands in a lock, but no process of sloth made it. Remove it.`;
  return new WorkspaceError("IO_FAILED", message, { path: location });
}

function withLockErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof WorkspaceError || systemCode(cause) === undefined) throw cause;
    const message = `Cannot lock ${quote(path)}: ${systemReason(cause)}. It must be a directory, or missing, in a directory that is writable.`;
    throw new WorkspaceError("IO_FAILED", message, { path, cause });
  }
}
