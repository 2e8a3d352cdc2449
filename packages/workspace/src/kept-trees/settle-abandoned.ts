import { lstat, readdir } from "node:fs/promises";
import { systemCode } from "../errors.js";
import { isOfFullDisk } from "../full-disk.js";
import { tryAcquireLock } from "../lock/process-lock.js";
import { removeTree } from "./remove-tree.js";
import { writeAbout } from "./tree-about.js";

/** What a tree that nobody uses consists of. */
const STAYING: readonly string[] = ["tree", "index", "about.json"];

/**
 * Removes what was on its way into trees whose process was killed, and says how large they are, so that they count. Of
 * those that were released, and those in use, nothing is touched.
 *
 * @param trees - a directory of kept trees
 */
export async function settleAbandoned(trees: string): Promise<void> {
  for (const workspace of await readdir(trees))
    for (const number of await readdir(`${trees}/${workspace}`))
      await settle(`${trees}/${workspace}/${number}`);
}

async function settle(directory: string): Promise<void> {
  // Whoever releases a tree removes its lock, and whoever takes one its draft of that.
  if (!(await readdir(directory)).some((name) => name.startsWith("lock"))) return;
  const lock = tryAcquireLock(`${directory}/lock`);
  if (lock === undefined) return;
  try {
    const names = await readdir(directory);
    const leftovers = names.filter((name) => !STAYING.includes(name) && !name.startsWith("lock"));
    for (const name of leftovers) await removeTree(`${directory}/${name}`);
    writeAbout(directory, { contentBytes: await sizeOfFiles(`${directory}/tree`) });
  } catch (cause) {
    // Then it counts as empty, and whatever else can be removed makes room for a true count.
    if (!isOfFullDisk(cause)) throw cause;
  } finally {
    lock.release();
  }
}

async function sizeOfFiles(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await entriesOf(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) bytes += await sizeOfFiles(path);
    else if (entry.isFile()) bytes += (await lstat(path)).size;
  }
  return bytes;
}

/** None of what is not there, or may not be read. */
async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    if (systemCode(cause) === "ENOENT" || systemCode(cause) === "EACCES") return [];
    throw cause;
  }
}
