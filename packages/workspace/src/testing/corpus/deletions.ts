import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type Case, type Expectation, type Parts, toMaster } from "./case.js";
import { type Bytes, file, joined, rawChangeset, text } from "./list-bytes.js";

const D = ["d", "d/deep", "d/deep/leaf", "d/inner"];

/** Deletions travel to the master alone. What is no valid path is in paths.ts. */
const deletionsOf: [what: string, deletions: Bytes[], expectation: Expectation][] = [
  ["the root as nothing", [""], "BAD_CHANGESET"],
  ["the root as .", ["."], "BAD_PATH"],
  ["the root as /", ["/"], "BAD_PATH"],
  ["the directory above", [".."], "BAD_PATH"],
  ["a file outside", ["../outside/secret"], "BAD_PATH"],
  ["a file outside, through a directory", ["d/../../outside/secret"], "BAD_PATH"],
  ["a file outside, through a link", ["out/secret"], "BAD_CHANGESET"],
  ["a directory outside, through a link", ["out/dir", "out/dir/file"], "BAD_CHANGESET"],
  ["a link and what is behind it", ["out", "out/secret"], "BAD_CHANGESET"],
  ["a file through a link to a directory", ["dirlink/inner"], "BAD_CHANGESET"],
  ["something below a file", ["keep/x"], "BAD_CHANGESET"],
  ["what was never there", ["nowhere"], "BAD_CHANGESET"],
  ["what was never there, in a directory that is", ["d/nowhere"], "BAD_CHANGESET"],
  ["what was never there, in a directory that is not", ["nowhere/x"], "BAD_CHANGESET"],
  ["another spelling of what is there", ["KEEP"], "BAD_CHANGESET"],
  ["a pattern", ["*"], "BAD_CHANGESET"],
  ["a directory that is not empty", ["d"], "BAD_CHANGESET"],
  ["a directory and a part of what is in it", ["d", "d/deep", "d/deep/leaf"], "BAD_CHANGESET"],
  [
    "a directory and what is in it, but not a level between",
    ["d", "d/deep/leaf", "d/inner"],
    "BAD_CHANGESET",
  ],
  ["every file", [...D, "dirlink", "empty", "hard", "keep", "link", "out"], "DELETES_ALL"],
  [
    "every file, but no directory",
    ["d/deep/leaf", "d/inner", "dirlink", "hard", "keep", "link", "out"],
    "DELETES_ALL",
  ],
  ["a link that leads out", ["out"], "accepted"],
  ["a link to a directory", ["dirlink"], "accepted"],
  ["an empty directory", ["empty"], "accepted"],
  ["a directory and all that is in it", D, "accepted"],
  ["all but one file", [...D, "dirlink", "empty", "hard", "link", "out"], "accepted"],
];

const inD = (name: string) => (root: string) => writeFileSync(`${root}/d/${name}`, "mine");

/** What the directory holds here that the other side did not know. */
const unknown: [what: string, meanwhile: (root: string) => void, path: string][] = [
  ["a new file", inD("mine"), "d"],
  ["a new file further down", (root) => writeFileSync(`${root}/d/deep/mine`, "mine"), "d/deep"],
  ["a new directory", (root) => mkdirSync(`${root}/d/mine`), "d"],
  ["a new link", (root) => symlinkSync("nowhere", `${root}/d/mine`), "d"],
  ["a repository", (root) => mkdirSync(`${root}/d/.git`), "d"],
  ["a changed file", inD("inner"), "d/inner"],
];

const counts: [what: string, parts: Parts][] = [
  ["more deletions than there are", { list: rawChangeset([0], [2, joined([0], text("keep"))]) }],
  ["fewer deletions than there are", { list: rawChangeset([0], [0, joined([0], text("keep"))]) }],
  ["a million deletions in no bytes", { list: rawChangeset([0], [1_000_000]) }],
  ["no number of deletions", { list: rawChangeset([0]) }],
];

export const deletions: Case[] = [
  ...deletionsOf.map(([what, deletions, expectation]) =>
    toMaster(`a deletion of ${what}`, { deletions }, expectation),
  ),
  ...unknown.map(([what, meanwhile, path]) =>
    toMaster(
      `a deletion of a directory that holds ${what}`,
      { deletions: D, meanwhile },
      { conflicts: [path] },
    ),
  ),
  ...counts.map(([what, parts]) => toMaster(what, parts, "BAD_CHANGESET")),
  toMaster("a deletion and an addition", { entries: [file("e")], deletions: ["keep"] }, "accepted"),
];
