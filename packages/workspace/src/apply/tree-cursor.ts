import { closeSync, constants, existsSync, lstatSync, openSync } from "node:fs";
import { quote, systemCode, WorkspaceError } from "../errors.js";

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Node has no `openat`; on Linux a path through the descriptor of a directory means the same. */
const DESCRIPTORS = existsSync("/proc/self/fd") ? "/proc/self/fd" : undefined;

interface Level {
  name: string;
  /** How to name what is in this directory. */
  location: string;
  descriptor: number | undefined;
}

/**
 * Reaches paths of a tree without ever passing through a symlink. It stands in one directory and holds a descriptor
 * of it and of each directory above; each was opened as an entry of the one before with `O_NOFOLLOW`, so whoever
 * swaps a directory for a link meanwhile gains nothing.
 *
 * Without `/proc` each component is looked at before it is used, and a swap in between is a race that remains.
 */
export class TreeCursor {
  readonly #levels: Level[];

  constructor(root: string) {
    this.#levels = [openLevel("", root)];
  }

  /** A name for `path` that stays good until the cursor goes to another directory. @throws PATH_ESCAPES */
  locate(path: string): string {
    const slash = path.lastIndexOf("/");
    return `${this.enter(slash === -1 ? "" : path.slice(0, slash))}/${path.slice(slash + 1)}`;
  }

  /**
   * Goes to a directory of the tree.
   * @throws {WorkspaceError} PATH_ESCAPES when it or a directory above it is missing or no directory
   */
  enter(directory: string): string {
    const names = directory === "" ? [] : directory.split("/");
    let depth = 0;
    while (depth < names.length && this.#levels[depth + 1]?.name === names[depth]) depth++;
    this.#closeFrom(depth + 1);
    for (const name of names.slice(depth)) {
      try {
        this.#levels.push(openLevel(name, `${this.#location}/${name}`));
      } catch (cause) {
        throw notADirectory(directory, cause);
      }
    }
    return this.#location;
  }

  /** Lets go of a directory that is about to be removed or replaced, if it stands there or below. */
  leave(directory: string): void {
    const names = directory.split("/");
    if (names.every((name, index) => this.#levels[index + 1]?.name === name)) this.#closeFrom(names.length);
  }

  close(): void {
    this.#closeFrom(0);
  }

  get #location(): string {
    const location = this.#levels.at(-1)?.location;
    if (location === undefined) throw new Error("The cursor is closed.");
    return location;
  }

  #closeFrom(depth: number): void {
    for (const { descriptor } of this.#levels.splice(depth)) {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

function openLevel(name: string, location: string): Level {
  if (DESCRIPTORS === undefined) {
    if (!lstatSync(location).isDirectory())
      throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
    return { name, location, descriptor: undefined };
  }
  const descriptor = openSync(location, DIRECTORY_FLAGS);
  return { name, location: `${DESCRIPTORS}/${descriptor}`, descriptor };
}

function notADirectory(directory: string, cause: unknown): unknown {
  const code = systemCode(cause);
  if (code !== "ENOTDIR" && code !== "ELOOP" && code !== "ENOENT") return cause;
  const message = `${quote(directory)} is not a directory any more, so nothing is written below it.`;
  return new WorkspaceError("PATH_ESCAPES", message, { path: directory, cause });
}
