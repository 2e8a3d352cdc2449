import { bodyWith, END } from "../archive.js";
import { archived, type Case, TWO, toAgent, toBoth, toMaster } from "./case.js";
import { type Bytes, binary, bytesOf, file, flatManifestBytes, joined, withParents } from "./list-bytes.js";
import { PLANTED } from "./sandbox.js";

const LONG = "n".repeat(255);

/** Names that no tree may hold. */
const hostile: [what: string, path: Bytes][] = [
  ["absolute", PLANTED],
  ["absolute with doubled slashes", `/${PLANTED}`],
  ["the root of the file system", "/"],
  [".. in front", "../outside/planted"],
  [".. in front, many times", `${"../".repeat(20)}tmp/sloth-corpus-planted`],
  [".. in the middle", "d/../../outside/planted"],
  [".. at the end", "d/.."],
  ["nothing but ..", ".."],
  ["nothing but .", "."],
  [". in front", "./planted"],
  [". in the middle", "d/./planted"],
  ["doubled slashes", "d//planted"],
  ["empty", ""],
  ["a trailing slash", "planted/"],
  ["a NUL at the end", "planted\0"],
  ["a NUL in the middle", "planted\0.txt"],
  ["a name of 256 bytes", "n".repeat(256)],
  ["a name of 256 bytes in 128 characters", "é".repeat(128)],
  ["a path of 4096 bytes", `${`${LONG}/`.repeat(16)}`.slice(0, -1).concat("/")],
  ["a path of 4097 bytes", `${LONG}/`.repeat(16).concat("n")],
  ["257 levels", Array(257).fill("d").join("/")],
  ["a byte that is not UTF-8", [0x70, 0xff]],
  ["a slash in overlong UTF-8", [0x2e, 0x2e, 0xc0, 0xaf, 0x70]],
  ["a surrogate in UTF-8", [0x70, 0xed, 0xa0, 0x80]],
  ["UTF-8 that is cut off", [0x70, 0xe2, 0x82]],
  ["a code point beyond Unicode", [0x70, 0xf4, 0x90, 0x80, 0x80]],
  ["a backslash", "..\\outside\\planted"],
  ["a drive prefix", "C:planted"],
  ["a drive prefix and a slash", "c:/planted"],
  ["a UNC path", "\\\\server\\share"],
];

/** Names that are odd, and nothing more on the systems that we run on. */
const odd: [what: string, paths: string[]][] = [
  ["NFC and NFD of one name", ["e\u0301", "\u00e9"]],
  ["names that differ in case alone", ["README", "readme"]],
  ["names that case folding makes one", ["strasse", "stra\u00dfe"]],
  ["names that are reserved on Windows", ["AUX", "COM1", "CON", "NUL.txt", "PRN"]],
  ["an NTFS stream", ["file:stream"]],
  ["dots and spaces at the end", ["a ", "a.", "a..."]],
  ["three dots", ["..."]],
  ["names that look like options", ["--help", "-rf"]],
  ["line breaks and terminal escapes", ["a\nb", "a\u001b[2J"]],
  ["a byte order mark in front", ["\ufeffa"]],
  ["a name that is read from right to left", ["a\u202etxt.exe"]],
  ["a name of 255 bytes", [LONG]],
  ["characters beyond the basic plane", ["\uffee", "\u{1f600}"]],
  ["names of our own staging files", ["0", "new-0", "old-0"]],
  ["names of our own directories", ["staging", "tree"]],
  ["a tilde and a variable", ["$HOME", "~"]],
];

const protectedPaths: string[] = [".git", ".git/config", ".sloth", ".sloth/workspace-id", "d/.git"];

const prefixes: [what: string, prefix: string][] = [
  ["..", ".."],
  ["absolute", "/tmp"],
  ["a directory", "d"],
  ["full", "d".repeat(155)],
];

/** Spellings that some file system takes for `.git` or `.sloth`. */
const aliases: string[] = [
  ".GIT",
  ".Git",
  ".git ",
  ".git.",
  ".git. .",
  ".git::$INDEX_ALLOCATION",
  ".g\u200cit",
  ".\uff47it",
  "git~1",
  "GIT~1",
  ".SLOTH",
  "sloth~1",
];

export const paths: Case[] = [
  ...hostile.flatMap(([what, path]) => [...inLists(what, path), ...inHeader(what, path)]),
  ...prefixes.flatMap(([what, prefix]) =>
    archived(`a header whose name prefix is ${what}`, Buffer.concat([bodyWith("one", { prefix }), TWO, END])),
  ),
  ...odd.flatMap(([what, names]) => {
    const entries = names.map((name, index) => file(name, `content ${index}`));
    return toBoth(what, { entries }, "accepted");
  }),
  ...protectedPaths.flatMap((path) => [
    ...refusedAtMaster(path),
    // A master may be told to send `.git`; its own state it never sends.
    toAgent(
      `a manifest with ${path}`,
      { entries: withParents(file(path)) },
      path.startsWith(".sloth") ? "PROTECTED" : "accepted",
    ),
  ]),
  ...aliases.flatMap((path) => [
    ...refusedAtMaster(path),
    toAgent(`a manifest with ${JSON.stringify(path)}`, { entries: [file(path)] }, "accepted"),
  ]),
  // Valid, but longer than a system call takes once it is below the directory of the tree.
  toAgent(
    "a path of 4095 bytes",
    { entries: withParents(file(`${LONG}/`.repeat(16).slice(0, -1), "long")) },
    "BAD_PATH",
  ),
  ...toBoth("256 levels", { entries: withParents(file(Array(256).fill("d").join("/"), "deep")) }, "accepted"),
];

/** As a name of a manifest, level by level where it has levels, and as the path of a change and of a deletion. */
function inLists(what: string, path: Bytes): Case[] {
  const inOneName = isText(path, 255) ? "BAD_PATH" : "BAD_MANIFEST";
  const inChangeset = isText(path, 4095) ? "BAD_PATH" : "BAD_CHANGESET";
  // A count that needs more bytes than there are is noticed before the path.
  const inDeletion = joined(path).length === 0 ? "BAD_CHANGESET" : inChangeset;
  const components = binary(path).split("/");
  const isInLevels = components.every((name) => isText(bytesOf(name), 255));
  const cases = [
    toAgent(`a manifest with a name that is ${what}`, { list: flatManifestBytes([file(path)]) }, inOneName),
    toMaster(`a change of a path that is ${what}`, { entries: [file(path, "one")] }, inChangeset),
    toMaster(`a deletion of a path that is ${what}`, { deletions: [path] }, inDeletion),
  ];
  if (components.length === 1) return cases;
  const entries = withParents(file(path, "one"));
  const code = isInLevels ? "BAD_PATH" : "BAD_MANIFEST";
  return [...cases, toAgent(`a manifest with ${what}, level by level`, { entries }, code)];
}

/** What is no text of that length is refused before it is looked at as a path. */
function isText(path: Bytes, maxBytes: number): boolean {
  const bytes = joined(path);
  return bytes.length <= maxBytes && bytes.equals(Buffer.from(bytes.toString()));
}

/** As the name in a header, where only the digest of the content may stand. */
function inHeader(what: string, path: Bytes): Case[] {
  const name = binary(path).slice(0, 100);
  return archived(`a header whose name is ${what}`, Buffer.concat([bodyWith("one", { name }), TWO, END]));
}

function refusedAtMaster(path: string): Case[] {
  const shown = JSON.stringify(path);
  const entries = withParents(file(path, "one")).filter(({ path: above }) => above !== "d");
  return [
    toMaster(`a change of ${shown}`, { entries }, "PROTECTED"),
    toMaster(`a deletion of ${shown}`, { deletions: [path] }, "PROTECTED"),
  ];
}
