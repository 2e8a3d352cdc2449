import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Bench, removeTree } from "../../bench.js";
import { run } from "../../processes/run.js";
import type { TreeName } from "../command-line.js";
import { makeLargeFile } from "./large-file.js";
import { makeNodeModules } from "./node-modules.js";
import { makeSmallFiles } from "./small-files.js";

/** A tree in the cache, of which the contenders get copies. */
export interface Tree {
  readonly name: TreeName;
  readonly directory: string;
  /** A file that the case with one change appends to. */
  readonly changedFile: string;
  readonly files: number;
  readonly sizeBytes: number;
  /** It has so few files that copies can be removed between rounds without slowing down what is created next. */
  readonly isDisposable: boolean;
}

const MIB = 1024 * 1024;
const LARGE_BYTES = 2048 * MIB;

const makers: Record<TreeName, { changedFile: string; make: (directory: string) => Promise<void> }> = {
  "20k": {
    changedFile: "d07/s11/f042.js",
    make: (directory) => makeSmallFiles(directory, { outer: 10, inner: 20, files: 100, sizeBytes: 4096 }),
  },
  node_modules: { changedFile: "node_modules/lodash/lodash.js", make: makeNodeModules },
  large: { changedFile: "big", make: (directory) => makeLargeFile(join(directory, "big"), LARGE_BYTES) },
};

export async function openTree(bench: Bench, name: TreeName): Promise<Tree> {
  const { changedFile, make } = makers[name];
  const directory = await cached(bench, name, make);
  const { files, sizeBytes } = await sizeOf(directory);
  return { name, directory, changedFile, files, sizeBytes, isDisposable: name === "large" };
}

/** Makes what is not there yet; what was left half made is made again. */
export async function cached(
  bench: Bench,
  name: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = join(bench.cacheDirectory, name);
  if (existsSync(directory)) return directory;
  bench.say(`Making ${directory}…`);
  const draft = `${directory}.draft`;
  await removeTree(draft);
  mkdirSync(draft);
  await make(draft);
  renameSync(draft, directory);
  return directory;
}

export async function copyTree(from: string, to: string): Promise<void> {
  await run(["cp", "-a", "--reflink=never", from, to]);
}

async function sizeOf(directory: string): Promise<{ files: number; sizeBytes: number }> {
  const { stdout } = await run([
    "sh",
    "-c",
    `find "$1" -type f -printf '%s\\n' | awk '{ n++; s += $1 } END { printf "%d %.0f", n, s }'`,
    "sh",
    directory,
  ]);
  const [files = 0, sizeBytes = 0] = stdout.split(" ").map(Number);
  return { files, sizeBytes };
}
