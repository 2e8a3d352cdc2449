import { describe, expect, test } from "vitest";
import { WorkspaceError } from "../errors.js";
import { type IgnoreRules, rootRules } from "./ignore-rules.js";
import { pathMatcher } from "./path-matcher.js";

describe("rules", () => {
  test("ignore nothing where there are none", () => {
    const rules = rootRules({});
    expect(rules.ignores("a", false)).toBe(false);
    expect(rules.enter("a", [])).toBe(rules);
    expect(rules.enter("a", ["# only a comment\n"])).toBe(rules);
  });

  test("of a file lower down decide before those above", () => {
    const inA = rootRules({ files: ["*.log\n"] }).enter("a", ["!keep.log\n"]);
    expect(inA.ignores("keep.log", false)).toBe(false);
    expect(inA.ignores("other.log", false)).toBe(true);
  });

  test("of a file lower down say nothing about its neighbours", () => {
    const root = rootRules({ files: ["x\n"] });
    root.enter("a", ["y\n"]);
    expect(root.enter("b", []).ignores("y", false)).toBe(false);
  });

  test("of a later file in the same directory decide before those of an earlier one", () => {
    const rules = rootRules({ files: ["a\n!b", "!a\nb\n"] });
    expect(rules.ignores("a", false)).toBe(false);
    expect(rules.ignores("b", false)).toBe(true);
  });

  test("go on below a directory that a nearer file has re-included", () => {
    const inAB = rootRules({ files: ["b\n"] })
      .enter("a", ["!b\n"])
      .enter("b", []);
    expect(inAB.ignores("c", false)).toBe(false);
  });

  test("let nothing back in below an ignored directory", () => {
    const inBuild = rootRules({ files: ["build/\n!build/keep\n"] }).enter("build", ["!keep\n"]);
    expect(inBuild.ignores("keep", false)).toBe(true);
    expect(inBuild.enter("deeper", ["!*\n"]).ignores("keep", false)).toBe(true);
  });

  test("tell a directory from a link or a file of the same name", () => {
    const rules = rootRules({ files: ["build/\n"] });
    expect(rules.ignores("build", true)).toBe(true);
    expect(rules.ignores("build", false)).toBe(false);
  });

  test.each([
    ["a/\n!a", false],
    ["a\n!a/", false],
    ["!a\na/", true],
    ["!a/\na", true],
  ])("for exactly one name take their turn: %j", (file, expected) => {
    expect(rootRules({ files: [file] }).ignores("a", true)).toBe(expected);
  });

  test("are not changed by entering a directory", () => {
    const root = rootRules({ files: ["a/b/c\n"] });
    const first = root.enter("a", []).enter("b", []);
    root.enter("x", []);
    const second = root.enter("a", []).enter("b", []);
    expect([first.ignores("c", false), second.ignores("c", false)]).toEqual([true, true]);
  });
});

describe("the caller's patterns", () => {
  test("decide before every file, also one lower down", () => {
    const root = rootRules({ patterns: ["*.tmp", "!keep"], files: ["keep\n"] });
    const below = root.enter("a", ["!x.tmp\nkeep\n"]);
    expect(root.ignores("keep", false)).toBe(false);
    expect(below.ignores("keep", false)).toBe(false);
    expect(below.ignores("x.tmp", false)).toBe(true);
  });

  test("are relative to the root", () => {
    const rules = rootRules({ patterns: ["/a/x", "/x"] });
    expect(rules.ignores("x", false)).toBe(true);
    expect(rules.enter("b", []).ignores("x", false)).toBe(false);
    expect(rules.enter("a", []).ignores("x", false)).toBe(true);
  });

  test("are read like lines of a file", () => {
    const rules = rootRules({ patterns: ["# comment", "a  ", ""] });
    expect(rules.ignores("a", false)).toBe(true);
    expect(rules.ignores("# comment", false)).toBe(false);
  });
});

describe("ignore files from anybody", () => {
  const longest = "a".repeat(255);

  test.each([
    ["stars", `${"*a".repeat(120)}*b`],
    ["stars and sets", `${"*[a-c]?".repeat(80)}*b`],
    ["stars in a path", `${`**/${"*a".repeat(60)}*/`.repeat(50)}b`],
    ["globstars", `${"**/*/".repeat(100)}b`],
    ["globstars that are glued to a name", `a${"**/".repeat(5000)}b`],
    ["globstars of both kinds", `a${"**/**\\/".repeat(1000)}b`],
    ["backslashes and spaces", `${"\\".repeat(100_001)}${" ".repeat(100_000)}x`],
    ["open brackets", "[".repeat(100_000)],
    ["open classes", "[[:".repeat(5_000)],
  ])("with many %s are answered at once", (_, pattern) => {
    let rules: IgnoreRules = rootRules({ files: [pattern] });
    for (let depth = 0; depth < 100; depth++) {
      expect(rules.ignores(longest, false)).toBe(false);
      rules = rules.enter(longest, []);
    }
  });

  test("with 10,000 patterns are answered", () => {
    const patterns = Array.from({ length: 10_000 }, (_, index) => `*.x${index}\nname${index}\n/a/b${index}`);
    const rules = rootRules({ files: [patterns.join("\n")] });
    expect(rules.ignores("name77", false)).toBe(true);
    expect(rules.ignores("y.x9999", false)).toBe(true);
    expect(rules.enter("a", []).ignores("b500", true)).toBe(true);
    expect(rules.enter("a", []).ignores("b", true)).toBe(false);
  });

  test("that are longer than 1 Mi characters together are refused", () => {
    const half = "x\n".repeat(2 ** 18);
    const rules = rootRules({ files: [half] });
    expect(rules.enter("a", [half]).ignores("x", false)).toBe(true);
    expect(() => rules.enter("a", [half, "y"])).toThrow(
      expect.objectContaining({ constructor: WorkspaceError, code: "LIMIT" }),
    );
  });
});

describe("a path matcher", () => {
  test.each([
    ["secret", "secret", false, true],
    ["secret", "a/b/secret", false, true],
    ["secret", "a/secret/b", false, true],
    ["/secret", "a/secret", false, false],
    ["a/*.pem", "a/x.pem", false, true],
    ["a/*.pem", "a/b/x.pem", false, false],
    ["dist/", "dist", false, false],
    ["dist/", "dist", true, true],
    ["dist/", "dist/x", false, true],
  ])("with %s answers for %s", (pattern, path, isDirectory, expected) => {
    expect(pathMatcher([pattern])(path, isDirectory)).toBe(expected);
  });

  test("heeds negation", () => {
    const isProtected = pathMatcher(["*.key", "!test/*.key"]);
    expect(isProtected("a/x.key", false)).toBe(true);
    expect(isProtected("test/x.key", false)).toBe(false);
  });
});
