import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Question {
  path: string;
  isDirectory: boolean;
}

const DIRECTORIES = ["a", "ab", "x y", "[a]"];
const NESTED = ["a", "b"];
const FILES = ["a.c", "a.h", "!a", "#a", "b ", "b*", "c\\d", "ä", "A", "abab", "7", "-"];

/** A tree of names that patterns have trouble with: three levels, a file's name never that of a directory. */
export const AWKWARD_TREE: readonly Question[] = [
  ...directory(""),
  ...DIRECTORIES.flatMap((name) => [
    ...directory(`${name}/`),
    ...NESTED.flatMap((nested) => directory(`${name}/${nested}/`)),
  ]),
];

export const AWKWARD_DIRECTORIES = AWKWARD_TREE.filter((entry) => entry.isDirectory).map(({ path }) => path);

function directory(prefix: string): Question[] {
  const depth = prefix.split("/").length - 1;
  const directories = depth === 0 ? DIRECTORIES : depth === 1 ? NESTED : ["deep"];
  return [
    ...directories.map((name) => ({ path: `${prefix}${name}`, isDirectory: true })),
    ...FILES.slice(depth, depth === 0 ? 12 : depth + 6).map((name) => ({
      path: `${prefix}${name}`,
      isDirectory: false,
    })),
  ];
}

export function writeAwkwardTree(root: string): void {
  for (const { path, isDirectory } of AWKWARD_TREE) {
    const location = join(root, path);
    mkdirSync(isDirectory ? location : dirname(location), { recursive: true });
    if (!isDirectory) writeFileSync(location, "");
  }
}
