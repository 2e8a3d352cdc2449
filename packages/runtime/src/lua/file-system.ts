import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { FileStat, HostFileSystem } from "@sloth/dsl";
import { copyTree, moveTree } from "./copy-tree.js";
import { makeDirectories, openMasked } from "./creation-mask.js";
import { findMatches } from "./glob.js";
import { notRegular, tooLarge, withHostErrors } from "./host-errors.js";
import { openFile } from "./open-file.js";

// A pipe that nobody reads is an error instead of a wait without end.
const WRITE = constants.O_WRONLY | constants.O_NONBLOCK;
const REPLACE = WRITE | constants.O_TRUNC;
const APPEND = WRITE | constants.O_APPEND;

export interface FileSystemOptions {
  /** Of what is created. */
  umask: number;
  /** Made when the first temporary name is asked for. */
  temporaryDirectory: string;
  /** What a file that is read has to fit into. */
  memoryLimitBytes: number;
}

/** The files of this machine, as a Lua function reaches them. */
export function createFileSystem(options: FileSystemOptions): HostFileSystem {
  const { umask, temporaryDirectory, memoryLimitBytes } = options;
  let temporaryNames = 0;
  return withHostErrors<HostFileSystem>({
    read: (path) => readRegularFile(path, memoryLimitBytes),
    open: (path, mode) => openFile(path, mode, umask),
    write: (path, bytes) => writeAll(openMasked(path, REPLACE, umask), bytes),
    append: (path, bytes) => writeAll(openMasked(path, APPEND, umask), bytes),
    exists: existsSync,
    mkdir: (path) => makeDirectories(path, umask),
    remove: (path) => (lstatSync(path).isDirectory() ? rmdirSync(path) : unlinkSync(path)),
    removeTree: (path) => rmSync(path, { recursive: true, force: true }),
    list: (path) => sortedByBytes(readdirSync(path)),
    temporaryName: () => {
      mkdirSync(temporaryDirectory, { recursive: true, mode: 0o700 });
      return join(temporaryDirectory, String(++temporaryNames));
    },
    copy: (from, to) => copyTree(from, to, umask),
    move: (from, to) => moveTree(from, to, umask),
    stat: (path) => describeFile(lstatSync(path)),
    glob: (directory, pattern) => sortedByBytes(findMatches(directory, pattern)),
  });
}

/** A pipe or a device may have no end, and opening a pipe would block this thread for good. */
function readRegularFile(path: string, limitBytes: number): Uint8Array {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() && !stats.isDirectory()) throw notRegular();
    if (stats.size > limitBytes) throw tooLarge(stats.size, limitBytes);
    return new Uint8Array(readFileSync(fd));
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  try {
    writeFileSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

function describeFile(stats: Stats): FileStat {
  return {
    kind: kindOf(stats),
    sizeBytes: stats.size,
    mode: stats.mode & 0o777,
    modifiedAt: stats.mtimeMs / 1000,
  };
}

function kindOf(stats: Stats): FileStat["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "symlink" : "other";
}

function sortedByBytes(names: Iterable<string>): string[] {
  const keyed = Array.from(names, (name) => ({ name, bytes: Buffer.from(name) }));
  return keyed.sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ name }) => name);
}
