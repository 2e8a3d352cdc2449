import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import type { HostFile, OpenMode } from "@sloth/dsl";
import { openMasked } from "./creation-mask.js";
import { notRegular, withHostErrors } from "./host-errors.js";

const { O_RDONLY, O_WRONLY, O_RDWR, O_TRUNC, O_APPEND } = constants;

/** For `open`, without what creates a file. */
const FLAGS: Record<OpenMode, number> = {
  r: O_RDONLY,
  "r+": O_RDWR,
  w: O_WRONLY | O_TRUNC,
  "w+": O_RDWR | O_TRUNC,
  a: O_WRONLY | O_APPEND,
  "a+": O_RDWR | O_APPEND,
};

/** Opens a file as C's `fopen` does, and creates it under `umask`. Devices are opened, pipes are not. */
export function openFile(path: string, mode: OpenMode, umask: number): HostFile {
  const fd = openByMode(path, mode, umask);
  const stats = fstatSync(fd);
  if (stats.isFIFO() || stats.isSocket()) {
    closeSync(fd);
    throw notRegular();
  }
  // A device may have no positions, and Linux must not be given one where a file is appended to.
  const at = (position: number) => (stats.isCharacterDevice() ? null : position);
  const appends = mode.startsWith("a");
  return withHostErrors<HostFile>({
    read: (buffer, position) => readSync(fd, buffer, 0, buffer.length, at(position)),
    write: (bytes, position) => writeAll(fd, bytes, appends ? null : at(position)),
    sizeBytes: () => fstatSync(fd).size,
    close: () => closeSync(fd),
  });
}

/** Without waiting for the other end of a pipe, or for a terminal. */
function openByMode(path: string, mode: OpenMode, umask: number): number {
  const flags = FLAGS[mode] | constants.O_NONBLOCK;
  return mode.startsWith("r") ? openSync(path, flags) : openMasked(path, flags, umask);
}

function writeAll(fd: number, bytes: Uint8Array, position: number | null): void {
  for (let done = 0; done < bytes.length; ) {
    const at = position === null ? null : position + done;
    done += writeSync(fd, bytes, done, bytes.length - done, at);
  }
}
