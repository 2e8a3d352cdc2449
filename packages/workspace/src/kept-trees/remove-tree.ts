import { lstatSync } from "node:fs";
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { systemCode } from "../errors.js";

/** Removes a tree of ours, also one with read-only directories, or nothing. Links are not followed. */
export async function removeTree(path: string): Promise<void> {
  // Mostly there is nothing, which costs less to find out than to remove.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    // A directory that its owner may not write: release all of them, then once more.
    await makeDirectoriesWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeDirectoriesWritable(path: string): Promise<void> {
  if (!(await isDirectory(path))) return;
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeDirectoriesWritable(`${path}/${entry.name}`);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return false;
    throw cause;
  }
}
