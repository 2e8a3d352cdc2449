import { bodyWith, END, header, octal } from "../archive.js";
import { archived, type Case, ONE, TWO, toAgent, toBoth, toMaster } from "./case.js";
import { type Bytes, directory, file, listing, rawManifest, symlink, text } from "./list-bytes.js";
import { PLANTED } from "./sandbox.js";

/** A link travels to an agent as it is, since nothing follows it there; back it comes only when it stays inside. */
const leaving: [what: string, target: string][] = [
  ["absolute", "/etc/passwd"],
  ["the root of the file system", "/"],
  ["its own working directory by its absolute path", PLANTED],
  ["the directory above", ".."],
  ["a file outside", "../outside/secret"],
  ["a file outside, behind a dot", "./../outside/secret"],
  ["a file outside, behind doubled slashes", ".//..//outside/secret"],
  ["back inside by the name of the root", "../root/keep"],
  ["outside through a directory", "d/../../outside/secret"],
  ["outside through a link", "out/secret/../../.."],
  [".. behind a name, though it stays inside", "d/../keep"],
  [".. at the end", "d/.."],
  ["far above", "../".repeat(100)],
];

const inside: [what: string, target: string][] = [
  ["a file beside it", "keep"],
  ["a directory", "d"],
  ["a link", "link"],
  ["a link that leads out, of the master's own", "out"],
  ["itself", "new"],
  ["itself as a directory", "new/new"],
  ["nothing that is there", "nowhere/at/all"],
  ["its own directory", "."],
  ["with doubled slashes", ".//d//inner"],
  ["with a slash at the end", "d/"],
  ["with a backslash", "..\\outside\\secret"],
  ["with a line break", "a\nb"],
  ["that looks like a URL", "file:///etc/passwd"],
  ["of 4095 bytes", "n".repeat(4095)],
];

const malformed: [what: string, target: Bytes, isText: boolean][] = [
  ["nothing", "", true],
  ["a NUL", "keep\0", true],
  ["4096 bytes", "n".repeat(4096), false],
  ["a byte that is not UTF-8", [0x70, 0xff], false],
  ["a surrogate in UTF-8", [0xed, 0xa0, 0x80], false],
];

/** The link that reads a file outside with extractors that resolve `..` in text: `d/deep/s` leads to the root. */
const throughALink = [symlink("d/deep/s", "../.."), symlink("t", "d/deep/s/../outside/secret")];
const chain = [symlink("a", "b"), symlink("b", "c"), symlink("c", "keep")];
const loop = [symlink("a", "b"), symlink("b", "a")];
const chainOut = [symlink("a", "b"), symlink("b", ".."), symlink("c", "a/outside/secret")];

const hardLinks: [what: string, link: string][] = [
  ["the entry before it", ONE.digest],
  ["itself", ""],
  ["a path of the tree", "keep"],
  ["a file outside", "../outside/shared"],
  ["an absolute path", "/etc/passwd"],
  ["a path through a link", "out/shared"],
  ["a staging file", "0"],
  ["a name that is not UTF-8", "\xff\xfe"],
  ["a name of the full 100 bytes", "n".repeat(100)],
];

export const links: Case[] = [
  ...leaving.flatMap(([what, target]) =>
    toBoth(`a link that is ${what}`, { entries: [symlink("new", target)] }, "accepted", "EXTERNAL_LINK"),
  ),
  ...inside.flatMap(([what, target]) =>
    toBoth(`a link to ${what}`, { entries: [symlink("new", target)] }, "accepted"),
  ),
  ...malformed.flatMap(([what, target, isText]) =>
    toBoth(
      `a link whose target is ${what}`,
      { entries: [symlink("new", target)] },
      isText ? "EXTERNAL_LINK" : "BAD_MANIFEST",
      isText ? "EXTERNAL_LINK" : "BAD_CHANGESET",
    ),
  ),
  toAgent(
    "a link that leads out through another link",
    { entries: [directory("d"), directory("d/deep"), ...throughALink] },
    "accepted",
  ),
  toMaster("a link that leads out through another link", { entries: throughALink }, "EXTERNAL_LINK"),
  ...toBoth("a chain of links", { entries: chain }, "accepted"),
  ...toBoth("a loop of links", { entries: loop }, "accepted"),
  ...toBoth("a chain that leads out in the middle", { entries: chainOut }, "accepted", "EXTERNAL_LINK"),
  toMaster("a link up to the root, from below", { entries: [symlink("d/deep/up", "../..")] }, "accepted"),
  toMaster(
    "a link up beyond the root, from below",
    { entries: [symlink("d/deep/up", "../../..")] },
    "EXTERNAL_LINK",
  ),
  toMaster("the leaving link that was there before", { entries: [symlink("out", "../outside")] }, "accepted"),
  toMaster(
    "the leaving link that was there before, with another target",
    { entries: [symlink("out", "../outside/secret")] },
    "EXTERNAL_LINK",
  ),
  toMaster(
    "the leaving link that was there before, at another path",
    { entries: [symlink("out2", "../outside")], deletions: ["out"] },
    "EXTERNAL_LINK",
  ),
  toMaster("a file in place of a leaving link", { entries: [file("out", "one")] }, "accepted"),
  toMaster("a file in place of a link to a file", { entries: [file("link", "one")] }, "accepted"),
  toMaster("a link in place of a file", { entries: [symlink("keep", "d/inner")] }, "accepted"),
  toMaster(
    "a link in place of a directory, and a file through it",
    { entries: [symlink("empty", "d"), file("empty/planted", "one")] },
    "BAD_CHANGESET",
  ),
  toMaster(
    "a file through a link to a directory",
    { entries: [file("dirlink/planted", "one")] },
    "BAD_CHANGESET",
  ),
  toMaster("a file through a leaving link", { entries: [file("out/planted", "one")] }, "BAD_CHANGESET"),
  toMaster("another content for a file outside", { entries: [file("out/secret", "one")] }, "BAD_CHANGESET"),
  toMaster(
    "a directory through a leaving link",
    { entries: [directory("out/dir", 0o777), file("out/dir/file", "one")] },
    "BAD_CHANGESET",
  ),
  toMaster(
    "a link and a file through it",
    { entries: [symlink("new", "d"), file("new/planted", "one")] },
    "BAD_CHANGESET",
  ),
  toMaster("a hard-linked file with another content", { entries: [file("hard", "one")] }, "accepted"),
  toMaster(
    "a hard-linked file with another mode",
    { entries: [file("hard", "shared", { mode: 0o777 })] },
    "accepted",
  ),
  toMaster(
    "a hard-linked file with another time",
    { entries: [file("hard", "shared", { mtimeUs: 5 })] },
    "accepted",
  ),
  toMaster("a hard-linked file deleted", { deletions: ["hard"] }, "accepted"),
  toMaster(
    "a hard-linked file in place of which a link comes",
    { entries: [symlink("hard", "keep")] },
    "accepted",
  ),
  toAgent("a manifest with something below a link", { list: belowALink() }, "BAD_MANIFEST"),
  ...hardLinks.flatMap(([what, link]) => [
    ...inArchive(`a hard link to ${what}`, bodyWith("one", { type: "1", link })),
    ...inArchive(
      `a hard link to ${what} without a content`,
      header({ name: ONE.digest, type: "1", link, size: octal(0) }),
    ),
    ...inArchive(`a symlink to ${what} in the archive`, header({ name: ONE.digest, type: "2", link })),
    ...inArchive(`a file with the link name of ${what}`, bodyWith("one", { link: link || "\0x" })),
  ]),
  ...archived(
    "a symlink, then a content with the name of the link",
    Buffer.concat([header({ name: ONE.digest, type: "2", link: "/etc" }), ONE.body, TWO, END]),
  ),
];

function inArchive(name: string, first: Buffer): Case[] {
  return archived(name, Buffer.concat([first, TWO, END]));
}

/** The listing of a directory that no entry announces, behind a link of that name. */
function belowALink(): Buffer {
  const { attributes } = symlink("l", "d");
  return rawManifest(listing(1, 0, text("l"), attributes), listing(1, 0, text("x"), file("x").attributes));
}
