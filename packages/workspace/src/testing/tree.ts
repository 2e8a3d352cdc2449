import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** A node of a tree in tests: a file with content, a directory, or a link. */
export type Node =
  | { content: string | Buffer; mode?: number; mtimeMs?: number }
  | { directory: true; mode?: number }
  | { link: string };

export type Tree = Record<string, Node>;

/** Makes the tree in `root`, directories above a path included; modes of directories are set last. */
export function writeTree(root: string, tree: Tree): void {
  for (const [path, node] of Object.entries(tree)) {
    const location = join(root, path);
    mkdirSync(dirname(location), { recursive: true });
    writeNode(location, node);
  }
  for (const [path, node] of Object.entries(tree).reverse()) {
    if ("directory" in node) chmodSync(join(root, path), node.mode ?? 0o755);
  }
}

function writeNode(location: string, node: Node): void {
  if ("directory" in node) mkdirSync(location, { recursive: true });
  else if ("link" in node) symlinkSync(node.link, location);
  else {
    writeFileSync(location, node.content);
    chmodSync(location, node.mode ?? 0o644);
    if (node.mtimeMs !== undefined) utimesSync(location, node.mtimeMs / 1000, node.mtimeMs / 1000);
  }
}

/** Empties `root` but for our state, and makes the tree in it. */
export function replaceTree(root: string, tree: Tree): void {
  for (const name of readdirSync(root)) if (name !== ".sloth") rmSync(join(root, name), { recursive: true });
  writeTree(root, tree);
}

/** What stands in `root`, one line a path, with times in microseconds; without our own state. */
export function readTree(root: string, directory = ""): string[] {
  return readdirSync(join(root, directory))
    .filter((name) => !(directory === "" && name === ".sloth"))
    .sort()
    .flatMap((name) => describeNode(root, directory === "" ? name : `${directory}/${name}`));
}

function describeNode(root: string, path: string): string[] {
  const location = join(root, path);
  const stats = lstatSync(location, { bigint: true });
  const mode = (stats.mode & 0o7777n).toString(8);
  if (stats.isSymbolicLink()) return [`${path} -> ${readlinkSync(location)}`];
  if (stats.isDirectory()) return [`${path}/ ${mode}`, ...readTree(root, path)];
  if (!stats.isFile()) return [`${path} special`];
  return [`${path} ${mode} ${stats.mtimeNs / 1000n} ${readFileSync(location).toString("hex")}`];
}
