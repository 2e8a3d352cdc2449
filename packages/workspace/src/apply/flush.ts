// biome-ignore lint/style/noRestrictedImports: Node has no `syncfs`; this starts coreutils' `sync` and nothing else.
import { execFile } from "node:child_process";
import { open } from "node:fs/promises";
import { systemCode } from "../errors.js";

/** Above it, one flush of the whole file system takes less time than one for each file. */
const ONE_BY_ONE = 64;

/** Makes sure that a power cut does not take these files from a directory, nor the directory's names for them. */
export async function flushFiles(directory: string, files: readonly string[]): Promise<void> {
  if (files.length > ONE_BY_ONE && (await flushFileSystem(directory))) return;
  for (let at = 0; at < files.length; at += ONE_BY_ONE) {
    await Promise.all(files.slice(at, at + ONE_BY_ONE).map((name) => flushFile(directory, name)));
  }
  await flush(directory);
}

/** The names in a directory. */
export async function flush(location: string): Promise<void> {
  const handle = await open(location, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushFile(directory: string, name: string): Promise<void> {
  try {
    await flush(`${directory}/${name}`);
  } catch (cause) {
    // A mode that keeps its owner from reading it.
    if (systemCode(cause) !== "EACCES" || !(await flushFileSystem(directory))) throw cause;
  }
}

/** False where there is no `sync` that knows `-f`. */
function flushFileSystem(directory: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile("sync", ["-f", directory], (error) => resolve(error === null));
  });
}
