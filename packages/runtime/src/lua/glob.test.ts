import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../testing/attempt.js";
import { findMatches, namePattern } from "./glob.js";

function tree(...paths: string[]): string {
  const directory = temporaryDirectory();
  for (const path of paths) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), "");
  }
  return directory;
}

describe("findMatches", () => {
  const files = ["a.c", "b.c", "b.h", ".hidden.c", "src/c.c", "src/deep/d.c", ".git/e.c", "[x]"];

  it.each([
    ["*.c", ["a.c", "b.c"]],
    ["?.[ch]", ["a.c", "b.c", "b.h"]],
    ["[!a].c", ["b.c"]],
    [".*.c", [".hidden.c"]],
    ["src/*", ["src/c.c", "src/deep"]],
    ["*/c.c", ["src/c.c"]],
    ["**/*.c", ["a.c", "b.c", "src/c.c", "src/deep/d.c"]],
    ["src/**", ["src/c.c", "src/deep", "src/deep/d.c"]],
    ["**/**/d.c", ["src/deep/d.c"]],
    ["b.h", ["b.h"]],
    ["./b.h", ["b.h"]],
    ["none", []],
    ["a.c/*", []],
    ["\\[x]", ["[x]"]],
  ])("finds %s", (pattern, expected) => {
    expect([...findMatches(tree(...files), pattern)].sort()).toEqual(expected);
  });

  it("finds by an absolute pattern", () => {
    const directory = tree("a.c");
    for (const from of ["/", temporaryDirectory()])
      expect([...findMatches(from, `${directory}/*.c`)]).toEqual([join(directory, "a.c")]);
  });

  it("does not follow links at any depth", () => {
    const directory = tree("real/a.c");
    symlinkSync(".", join(directory, "loop"));
    expect([...findMatches(directory, "**/*.c")]).toEqual(["real/a.c"]);
  });
});

describe("namePattern", () => {
  it.each([
    ["[", "[", true],
    ["[a", "[a", true],
    ["[]]", "]", true],
    ["[a-c]", "b", true],
    ["[^a-c]", "b", false],
    ["a+(b)|c$", "a+(b)|c$", true],
    ["*", "two\nlines", true],
    ["?", "😀", true],
  ])("%s against %s is %s", (pattern, name, expected) => {
    expect(namePattern(pattern).test(name)).toBe(expected);
  });
});
