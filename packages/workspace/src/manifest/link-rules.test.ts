import { expect, it } from "vitest";
import { leavesTree } from "./link-rules.js";

it.each([
  ["a", "b", false],
  ["a", "./b/c", false],
  ["a", "b//c/", false],
  ["a", ".", false],
  ["a/b", "..", false],
  ["a/b", "../c", false],
  ["a/b", "./../c", false],
  ["a/b/c", "../../d", false],
  ["a", "...", false],
  ["a", "/etc", true],
  ["a", "/", true],
  ["a", "..", true],
  ["a", "../a", true],
  ["a/b", "../../c", true],
  ["a/b", "c/../d", true],
  ["a/b/c", "../x/..", true],
  ["t", "p/q/s/../outside/secret", true],
  ["p/q/s", "../..", false],
  ["a", "b/./..", true],
])("a link at %s to %s leaves the tree: %s", (path, target, leaves) => {
  expect(leavesTree(path, target)).toBe(leaves);
});
