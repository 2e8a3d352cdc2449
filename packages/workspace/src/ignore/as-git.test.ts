import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { answersOfGit, makeRepository } from "./testing/answers-of-git.js";
import { answersOfRules } from "./testing/answers-of-rules.js";
import { arbitraryIgnoreFiles } from "./testing/arbitrary-ignore-files.js";
import { AWKWARD_TREE, writeAwkwardTree } from "./testing/awkward-tree.js";

const numRuns = Number(process.env.SLOTH_PROPERTY_RUNS ?? 10);

test("ignores what git ignores, in a tree with ignore files at any depth", () => {
  const copies = 16;
  const root = repositoryOf(copies);
  for (let copy = 0; copy < copies; copy++) writeAwkwardTree(join(root, String(copy)));
  const paths = AWKWARD_TREE.map(({ path }) => path);
  fc.assert(
    fc.property(fc.array(arbitraryIgnoreFiles, { minLength: copies, maxLength: copies }), (cases) => {
      const answers = cases.map((files) => answersOfRules(files, AWKWARD_TREE));
      expect(answers).toEqual(answersOfGit(root, cases, paths));
    }),
    { numRuns },
  );
});

/** Patterns made of a few pieces, and the names that such pieces may match, alone, in pairs or as a path. */
const ALPHABETS = [
  {
    about: "brackets",
    pieces:
      "[ [ [ ] ] ! ^ - - \\ : [: :] [:alpha:] [:punct:] [:nothing:] a b c ? [a-b-c [[:digit:]-c -\\c".split(
        " ",
      ),
    paths: pairs("", [..."abc-[]!^\\: 0\u007f"], ["x"]),
  },
  {
    about: "stars and slashes",
    pieces: ["a", "b", "*", "*", "**", "**", "/", "/", "/", "**/", "**\\/", "\\", "?", "[/]"],
    paths: ["a", "b", "ab", "aab", "aba", "ba"].flatMap((name) => [
      name,
      ...pairs("/", ["a", "b", "ab"], [name]),
      ...pairs("/", ["a/a", "a/b", "b/a", "ab/b"], [name]),
    ]),
  },
  {
    about: "stars in a name",
    pieces: ["a", "b", "*", "*", "?", "[ab]"],
    paths: Array.from({ length: 126 }, (_, index) => (index + 2).toString(2).slice(1)).map((bits) =>
      bits.replaceAll("0", "a").replaceAll("1", "b"),
    ),
  },
  {
    about: "the beginning and the end of a line",
    pieces: ["a", "a", "!", "#", "\\", "\\", " ", " ", "/", "\r", "\n", "\n", "\t", "\0", "\ufeff"],
    paths: pairs("", [..."a!#\\ \r\t"], [..."a!#\\ \r\t", "\\ ", "  ", "\ufeffa"]),
  },
];

test.each(ALPHABETS)("reads $about as git does", ({ pieces, paths }) => {
  const patterns = 50;
  const root = repositoryOf(patterns);
  const text = fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(fc.array(text, { minLength: patterns, maxLength: patterns }), (texts) => {
      expectSameAnswers(root, texts, paths);
    }),
    { numRuns },
  );
});

test("puts into each class what git puts there", () => {
  const patterns = "alnum alpha blank cntrl digit graph lower print punct space upper xdigit"
    .split(" ")
    .flatMap((name) => [`[[:${name}:]]`, `[![:${name}:]]`]);
  const names = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1));
  expectSameAnswers(
    repositoryOf(patterns.length),
    patterns,
    names.filter((name) => name !== "/" && name !== "."),
  );
});

function repositoryOf(directories: number): string {
  const root = temporaryDirectory();
  makeRepository(root);
  for (let index = 0; index < directories; index++) mkdirSync(join(root, String(index)));
  return root;
}

/** Each text is an ignore file of its own; all paths are files. */
function expectSameAnswers(root: string, texts: readonly string[], paths: readonly string[]): void {
  const cases = texts.map((text) => ({ "": text }));
  const questions = paths.map((path) => ({ path, isDirectory: false }));
  const answers = cases.map((files) => answersOfRules(files, questions));
  expect(answers).toEqual(answersOfGit(root, cases, paths));
}

function pairs(separator: string, first: readonly string[], second: readonly string[]): string[] {
  return [
    ...new Set([...first, ...first.flatMap((one) => second.map((two) => `${one}${separator}${two}`))]),
  ].filter((path) => path !== "");
}
