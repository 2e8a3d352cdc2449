import { bodyWith, END, header, octal, padded } from "../archive.js";
import { archived, type Case, ONE, TWO, toBoth } from "./case.js";
import { type Entry, file } from "./list-bytes.js";

const NAMED: Record<string, string> = {
  "1": "hard link",
  "2": "symlink",
  "3": "character device",
  "4": "block device",
  "5": "directory",
  "6": "FIFO",
  "7": "contiguous file",
  A: "Solaris ACL",
  D: "GNU dump directory",
  K: "GNU long link name",
  L: "GNU long name",
  M: "GNU continuation of another volume",
  N: "old GNU long name",
  S: "GNU sparse file",
  V: "GNU volume label",
  X: "Solaris extended header",
  g: "global PAX header",
  x: "PAX header",
};

const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
const flags = [..."123456789", ...letters, "\0", " ", "\n", "\x80", "\xff"];

export const types: Case[] = [
  ...flags.flatMap((type) => [
    ...inArchive(`type ${shown(type)} with a content`, bodyWith("one", { type })),
    ...inArchive(`type ${shown(type)} in front`, Buffer.concat([header({ name: "x", type }), ONE.body])),
  ]),
  ...inArchive("a directory by the slash at the end of an old-style name", oldStyle(`${ONE.digest}/`)),
  ...inArchive("an old-style file without a magic", oldStyle(ONE.digest)),
  ...inArchive("a device with its numbers", bodyWith("one", { type: "3", devmajor: "000001 \0" })),
  ...inArchive(
    "a directory of GNU's incremental backups, which deletes what it does not list",
    Buffer.concat([header({ name: "./", type: "D", size: octal(7) }), padded("Ykeep\0\0"), ONE.body]),
  ),
  ...[0, 4, 5, 0x31, 0xff].flatMap((kind) => ofKind(kind, file("new", "one", { kind }))),
  ...ofKind("directory with what a file has", file("new", "one", { kind: 2 })),
  ...ofKind("symlink with what a file has", file("new", "one", { kind: 3 })),
];

function shown(type: string): string {
  return `${JSON.stringify(type)}${NAMED[type] === undefined ? "" : ` (${NAMED[type]})`}`;
}

function inArchive(name: string, first: Buffer): Case[] {
  return archived(name, Buffer.concat([first, TWO, END]));
}

function oldStyle(name: string): Buffer {
  return bodyWith("one", { name, type: "\0", magic: "\0\0\0\0\0\0\0\0" });
}

/** In a list, where there are three kinds. */
function ofKind(kind: number | string, entry: Entry): Case[] {
  return toBoth(`an entry of kind ${kind}`, { entries: [entry] }, "BAD_MANIFEST", "BAD_CHANGESET");
}
