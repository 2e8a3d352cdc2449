import { chmodSync, constants, fchmodSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { hasCode } from "./host-errors.js";

/*
 * The file creation mask belongs to the whole process, which runs tasks with different ones: so the mode
 * of what is created is set afterwards, and only of what is created.
 */

/** Opens a file to replace (`w`) or to extend (`a`) its content. */
export function openMasked(path: string, flags: "w" | "a", umask: number): number {
  try {
    const fd = openSync(path, `${flags}x`, 0o666 & ~umask);
    fchmodSync(fd, 0o666 & ~umask);
    return fd;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    // A pipe that nobody reads is an error instead of a wait without end.
    const how = flags === "w" ? constants.O_TRUNC : constants.O_APPEND;
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | how);
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
