import { chmodSync, constants, fchmodSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { hasCode } from "./host-errors.js";

/*
 * The file creation mask belongs to the whole process, which runs tasks with different ones: so the mode
 * of what is created is set afterwards, and only of what is created.
 */

/** Opens a file by `flags`, and creates it where it is not there. */
export function openMasked(path: string, flags: number, umask: number): number {
  try {
    const fd = openSync(path, flags | constants.O_CREAT | constants.O_EXCL, 0o666 & ~umask);
    fchmodSync(fd, 0o666 & ~umask);
    return fd;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    return openSync(path, flags);
  }
}

/** Makes a directory and its missing parents. One that is there is left as it is. */
export function makeDirectories(path: string, umask: number): void {
  try {
    mkdirSync(path, 0o777 & ~umask);
  } catch (error) {
    if (hasCode(error, "ENOENT") && dirname(path) !== path) {
      makeDirectories(dirname(path), umask);
      makeDirectories(path, umask);
      return;
    }
    if (hasCode(error, "EEXIST") && statSync(path).isDirectory()) return;
    throw error;
  }
  chmodSync(path, 0o777 & ~umask);
}
