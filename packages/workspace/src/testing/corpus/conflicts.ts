import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { body, digestOf, END } from "../archive.js";
import { archived, type Case, ONE, type Parts, TWO, TWO_FILES, toAgent, toBoth, toMaster } from "./case.js";
import {
  type Bytes,
  directory,
  file,
  frontCodedPath,
  joined,
  listing,
  rawChangeset,
  rawManifest,
  symlink,
  text,
} from "./list-bytes.js";

const one = file("new", "one");
const NOTHING = listing(0, 0);
const named = (name: Bytes, { attributes } = one) => joined(text(name), attributes);
const directoryNamed = (name: Bytes, below = NOTHING) =>
  joined(text(name), directory("").attributes, Buffer.from(digestOf(below), "hex"));
const BELOW = listing(1, 0, named("x"));

/** Manifests that are not one tree. */
const trees: [what: string, list: Buffer][] = [
  ["a file twice", rawManifest(listing(2, 0, named("a"), named("a")))],
  [
    "a directory twice",
    rawManifest(listing(2, 2, directoryNamed("a"), directoryNamed("a")), NOTHING, NOTHING),
  ],
  [
    "a file and a directory of one name",
    rawManifest(listing(2, 1, named("a"), directoryNamed("a")), NOTHING),
  ],
  [
    "a directory and a file of one name",
    rawManifest(listing(2, 1, directoryNamed("a"), named("a")), NOTHING),
  ],
  ["a link and a file of one name", rawManifest(listing(2, 0, named("a", symlink("a", "b")), named("a")))],
  ["names out of order", rawManifest(listing(2, 0, named("b"), named("a")))],
  ["names in the order of UTF-16", rawManifest(listing(2, 0, named("\u{1f600}"), named("\uffee")))],
  ["something below a file", rawManifest(listing(1, 0, named("a")), BELOW)],
  ["more directories than it says", rawManifest(listing(1, 0, directoryNamed("a")), NOTHING)],
  ["fewer directories than it says", rawManifest(listing(1, 2, directoryNamed("a")), NOTHING)],
  ["a listing that is missing", rawManifest(listing(1, 1, directoryNamed("a")))],
  ["a listing of another directory", rawManifest(listing(1, 1, directoryNamed("a", BELOW)), NOTHING)],
  ["listings in another order", rawManifest(NOTHING, listing(1, 1, directoryNamed("a")))],
  ["a listing after the end", rawManifest(NOTHING, NOTHING)],
  ["bytes after the end of a listing", rawManifest(listing(0, 0, [0]))],
];

const changed = (path: Bytes, shared = 0) => joined(frontCodedPath(shared, path), one.attributes);
const pathOf = (path: Bytes, shared = 0) => frontCodedPath(shared, path);

/** Changesets whose paths are not in the one form that they have. */
const changesets: [what: string, list: Buffer][] = [
  ["a change twice", rawChangeset([2, changed("a"), changed("a")], [0])],
  ["a deletion twice", rawChangeset([0], [2, pathOf("keep"), pathOf("keep")])],
  ["a path both changed and deleted", rawChangeset([1, changed("keep")], [1, pathOf("keep")])],
  ["changes out of order", rawChangeset([2, changed("b"), changed("a")], [0])],
  ["deletions out of order", rawChangeset([0], [2, pathOf("link"), pathOf("keep")])],
  ["a path that shares more than there is", rawChangeset([1, changed("a", 1)], [0])],
  ["a path that shares less than it could", rawChangeset([2, changed("d/a"), changed("d/b")], [0])],
  ["a path that shares a huge number", rawChangeset([1, joined([0xff, 0xff, 0xff, 0x7f], text("a"))], [0])],
];

/** Changes of the master's tree that contradict it or themselves. */
const contradictions: [what: string, parts: Parts][] = [
  ["a file where a directory is, whose contents stay", { entries: [file("d", "one")] }],
  ["a link where a directory is, whose contents stay", { entries: [symlink("d", "empty")] }],
  [
    "a file where a directory is, some of whose contents stay",
    { entries: [file("d", "one")], deletions: ["d/inner"] },
  ],
  ["a change below a file", { entries: [file("keep/x", "one")] }],
  ["a change below a file of its own", { entries: [file("new", "one"), file("new/x", "two")] }],
  ["a change below a link of its own", { entries: [symlink("new", "d"), file("new/x", "two")] }],
  ["a change deep below a file of its own", { entries: [file("new", "one"), file("new/x/y/z", "two")] }],
  ["a change below a directory that it deletes", { entries: [file("empty/x", "one")], deletions: ["empty"] }],
  ["a change in a directory that is nowhere", { entries: [file("nowhere/x", "one")] }],
  [
    "a change below a file that becomes a directory too late",
    { entries: [file("keep/x", "one"), directory("keep2")] },
  ],
];

const changes: [what: string, parts: Parts][] = [
  [
    "a directory where a file was, with something in it",
    { entries: [directory("keep"), file("keep/x", "one")] },
  ],
  [
    "a directory where a link was, with something in it",
    { entries: [directory("out"), file("out/x", "one")] },
  ],
  ["a file where an empty directory was", { entries: [file("empty", "one")] }],
  [
    "a file where a directory was",
    { entries: [file("d", "one")], deletions: ["d/deep", "d/deep/leaf", "d/inner"] },
  ],
  [
    "a link where a directory was",
    { entries: [symlink("d", "empty")], deletions: ["d/deep", "d/deep/leaf", "d/inner"] },
  ],
  ["a link where a file was", { entries: [symlink("d/inner", "deep")] }],
  ["contents that change places", { entries: [file("d/inner", "keep"), file("keep", "inner")] }],
  ["nothing", {}],
  ["what is there already", { entries: [file("keep", "keep")] }],
  ["another mode alone", { entries: [file("keep", "keep", { mode: 0o600 })] }],
  ["another time alone", { entries: [file("keep", "keep", { mtimeUs: 7 })] }],
  ["another mode of a directory", { entries: [directory("d", 0o700)] }],
  ["one content for many files", { entries: ["a", "b", "c"].map((path) => file(path, "one")) }],
];

/** What somebody does at the master after the tree was sent, where a file and a deletion come back. */
const meanwhile: [what: string, path: string, work: (root: string) => void][] = [
  ["changed", "keep", (root) => writeFileSync(`${root}/keep`, "mine")],
  ["deleted", "keep", (root) => rmSync(`${root}/keep`)],
  ["replaced by a directory", "keep", (root) => replace(`${root}/keep`, (at) => mkdirSync(at))],
  ["replaced by a link", "keep", (root) => replace(`${root}/keep`, (at) => symlinkSync("d/inner", at))],
  ["created", "new", (root) => writeFileSync(`${root}/new`, "mine")],
  ["created as a directory", "new", (root) => mkdirSync(`${root}/new`)],
  ["created as a dangling link", "new", (root) => symlinkSync("nowhere", `${root}/new`)],
];

export const conflicts: Case[] = [
  toMaster(
    "a changeset with a path that shares all",
    { list: rawChangeset([0], [2, pathOf("d/inner"), pathOf("", 2)]) },
    "BAD_PATH",
  ),
  ...trees.map(([what, list]) => toAgent(`a manifest with ${what}`, { list }, "BAD_MANIFEST")),
  toAgent(
    "a manifest with a path in place of a name",
    { list: rawManifest(listing(1, 0, named("a/b"))) },
    "BAD_PATH",
  ),
  ...changesets.map(([what, list]) => toMaster(`a changeset with ${what}`, { list }, "BAD_CHANGESET")),
  ...contradictions.map(([what, parts]) => toMaster(what, parts, "BAD_CHANGESET")),
  ...changes.map(([what, parts]) => toMaster(what, parts, "accepted")),
  ...meanwhile.flatMap(([what, path, work]) => [
    toMaster(
      `a file that was ${what} meanwhile`,
      { entries: [file(path, "one")], meanwhile: work },
      { conflicts: [path] },
    ),
  ]),
  toMaster(
    "a deletion of a file that was changed meanwhile",
    { deletions: ["keep"], meanwhile: (root) => writeFileSync(`${root}/keep`, "mine") },
    { conflicts: ["keep"] },
  ),
  toMaster(
    "a change in a directory that became a link out meanwhile",
    { entries: [file("d/inner", "one")], meanwhile: (root) => swap(`${root}/d`, "../outside/dir") },
    { conflicts: ["d/inner"] },
  ),
  toMaster(
    "a change in a directory that became a file meanwhile",
    {
      entries: [file("empty/x", "one")],
      meanwhile: (root) => replace(`${root}/empty`, (at) => writeFileSync(at, "")),
    },
    { conflicts: ["empty/x"] },
  ),
  toMaster(
    "another mode of a file whose mode was changed meanwhile",
    {
      entries: [file("keep", "keep", { mode: 0o600 })],
      meanwhile: (root) => chmodSync(`${root}/keep`, 0o640),
    },
    { conflicts: ["keep"] },
  ),
  ...toBoth(
    "the size of one content given in two ways",
    { entries: twoSizes(), archive: END },
    "BAD_MANIFEST",
  ),
  ...toBoth(
    "a size for the content of nothing",
    { entries: [file("a", "", { sizeBytes: 5 })] },
    "BAD_MANIFEST",
  ),
  toMaster(
    "another size for a content that stands here",
    { entries: [file("keep", "keep", { sizeBytes: 5 })] },
    "BAD_CHANGESET",
  ),
  toMaster(
    "no size for a content that stands here",
    { entries: [file("keep", "keep", { sizeBytes: 0 })] },
    "BAD_MANIFEST",
  ),
  toMaster(
    "the size of nothing for a content that comes",
    { entries: [file("new", "one", { sizeBytes: 0 })], archive: END },
    "BAD_MANIFEST",
  ),
  ...archived("a content twice", Buffer.concat([ONE.body, ONE.body, TWO, END])),
  ...archived("contents in another order", Buffer.concat([TWO, ONE.body, END])),
  ...archived("a content too many", Buffer.concat([ONE.body, TWO, ONE.body, END])),
  ...archived("a content too few", Buffer.concat([ONE.body, END])),
  ...archived("no content", END),
  ...toBoth(
    "a content that is not due, as it is empty",
    { entries: [file("a")], archive: Buffer.concat([body(""), END]) },
    "BAD_ARCHIVE",
  ),
  ...toBoth(
    "a content that is not due, as nothing is",
    { archive: Buffer.concat([ONE.body, END]) },
    "BAD_ARCHIVE",
  ),
  toMaster(
    "a content that is not due, as it stands here",
    { entries: [file("keep", "keep")], archive: Buffer.concat([body("keep"), END]) },
    "BAD_ARCHIVE",
  ),
  toAgent(
    "one content for many files",
    { entries: ["a", "b", "c"].map((path) => file(path, "one")) },
    "accepted",
  ),
  toAgent("an empty tree", {}, "accepted"),
  toAgent("two files", { entries: TWO_FILES }, "accepted"),
];

function twoSizes() {
  return [file("a", "one"), file("b", "one", { sizeBytes: 4 })];
}

function replace(location: string, make: (location: string) => void): void {
  rmSync(location, { recursive: true });
  make(location);
}

/** The directory goes on under another name. */
function swap(location: string, target: string): void {
  renameSync(location, `${location}.moved`);
  symlinkSync(target, location);
}
