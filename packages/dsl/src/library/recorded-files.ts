import { posix } from "node:path";
import { HostError } from "../host.js";
import type { HostBinding } from "./host-binding.js";
import { MisuseError } from "./host-function.js";

/*
 * Reading files while a workflow is loaded. They become part of its bundle, so that loading it elsewhere
 * reads the same bytes. Only what can be repeated there is possible: a path that is relative to the workflow
 * file, of a file or of nothing.
 */

/** @throws {HostError} where there is no such file */
export function readRecorded(binding: HostBinding, caller: string, path: string): Uint8Array {
  const bytes = lookUp(binding, caller, path);
  if (bytes === undefined) throw new HostError("No such file or directory", "ENOENT");
  return bytes;
}

export function existsRecorded(binding: HostBinding, caller: string, path: string): boolean {
  return lookUp(binding, caller, path) !== undefined;
}

function lookUp({ files }: HostBinding, caller: string, path: string): Uint8Array | undefined {
  const name = posix.normalize(path);
  if (path === "" || posix.isAbsolute(path) || /\\|\/$/.test(name))
    throw new MisuseError(
      `${caller}: while the workflow is being loaded, only a file at a path relative to the workflow file can be read; "${path}" is none`,
    );
  try {
    return files.read(name);
  } catch (error) {
    // To be handled by a script it would have to be the same failure on every machine.
    if (error instanceof HostError) throw new MisuseError(`${caller}: ${error.message}`);
    throw error;
  }
}
