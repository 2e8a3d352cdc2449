import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Bundle } from "../bundle/bundle.js";
import { HostError } from "../host.js";

/** The files that a workflow is made of, by their names in its bundle. */
export interface SourceFiles {
  /** Those that were read so far, or can be: when a workflow is loaded, the same everywhere. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Undefined when there is no such file. @throws {HostError} when it cannot be read */
  read(name: string): Uint8Array | undefined;
}

/** The files of a bundle. */
export function filesOf({ files }: Bundle): SourceFiles {
  return { files, read: (name) => files.get(name) };
}

/** Reads files below and beside the directory of a workflow, and keeps all that was read. */
export class RecordedFiles implements SourceFiles {
  readonly files = new Map<string, Uint8Array>();
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  read(name: string): Uint8Array | undefined {
    const known = this.files.get(name);
    if (known !== undefined) return known;
    try {
      const path = resolve(this.#directory, name);
      // Reading a pipe might never end.
      if (!statSync(path).isFile()) throw new HostError(`Cannot read ${name}: not a regular file`, "EINVAL");
      const bytes = new Uint8Array(readFileSync(path));
      this.files.set(name, bytes);
      return bytes;
    } catch (cause) {
      if (cause instanceof HostError) throw cause;
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw new HostError(`Cannot read ${name}: ${code ?? cause}`, code);
    }
  }
}
