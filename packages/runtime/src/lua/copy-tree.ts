import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { HostError } from "@sloth/dsl";
import { makeDirectories } from "./creation-mask.js";
import { hasCode, notRegular } from "./host-errors.js";

/** Copies a file or a tree, into an existing one if there is one: what is created gets the mode of the original under `umask`. */
export function copyTree(from: string, to: string, umask: number): void {
  if (to.startsWith(`${from}/`)) throw new HostError("Cannot copy a directory into itself", "EINVAL");
  copyEntry(from, to, umask);
}

function copyEntry(from: string, to: string, umask: number): void {
  const stats = lstatSync(from);
  if (stats.isDirectory()) {
    const names = readdirSync(from);
    makeDirectories(to, umask);
    for (const name of names) copyEntry(join(from, name), join(to, name), umask);
  } else if (stats.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to);
  } else {
    const there = statIfThere(to);
    if (!stats.isFile() || (there && !there.isFile() && !there.isDirectory())) throw notRegular();
    const mode = there?.mode ?? stats.mode & ~umask;
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
    chmodSync(to, mode & 0o7777);
  }
}

/** Moves a file or a tree, to another file system too. */
export function moveTree(from: string, to: string, umask: number): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!hasCode(error, "EXDEV")) throw error;
    copyTree(from, to, umask);
    rmSync(from, { recursive: true });
  }
}

function statIfThere(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
