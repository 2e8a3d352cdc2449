import { digestOf } from "../archive.js";
import { type Case, toAgent, toBoth, toMaster } from "./case.js";
import {
  directory,
  file,
  frontCodedPath,
  joined,
  listing,
  rawChangeset,
  rawManifest,
  text,
} from "./list-bytes.js";

const LONG = "n".repeat(255);
const long = longPaths();

/** As many files as a real tree has. */
const manyFiles = Array.from({ length: 1000 }, (_, index) =>
  file(`f${String(index).padStart(6, "0")}`, "one"),
);

/** Bombs that take megabytes themselves. */
export const largeLists: Case[] = [
  toAgent("paths of more than 256 MiB in four", { list: long.manifest }, "LIMIT"),
  toMaster("paths of more than 256 MiB in four", { list: long.changeset }, "LIMIT"),
  toMaster(
    "a hundred thousand deletions of what was never there",
    { list: manyDeletions() },
    "BAD_CHANGESET",
  ),
  ...toBoth("a thousand files of one content", { entries: manyFiles }, "accepted"),
];

/** Each path is nearly as long as one may be, and costs a few bytes, since it shares all but its name. */
function longPaths(): { manifest: Buffer; changeset: Buffer } {
  const names = Array.from({ length: 72_000 }, (_, index) => String(index).padStart(6, "0"));
  const { attributes } = file("");
  const named = Buffer.concat(names.map((name) => joined(text(name), attributes)));
  const listings = [listing(names.length, 0, named)];
  for (let level = 0; level < 15; level++) listings.unshift(directoryOf(listings[0] ?? named));
  const first = file(`${Array<string>(15).fill(LONG).join("/")}/${names[0]}`);
  const others = names.slice(1).map((name) => joined(frontCodedPath(15, name), attributes));
  const records = joined(frontCodedPath(0, first.path), attributes, Buffer.concat(others));
  return { manifest: rawManifest(...listings), changeset: rawChangeset([names.length, records], [0]) };
}

/** The listing of a directory that holds one directory, with the longest name there can be. */
function directoryOf(below: Buffer): Buffer {
  return listing(1, 1, text(LONG), directory("").attributes, Buffer.from(digestOf(below), "hex"));
}

function manyDeletions(): Buffer {
  const names = Buffer.alloc(900_000);
  for (let index = 0; index < 100_000; index++) {
    names.write(`\0\x07d${String(index).padStart(6, "0")}`, index * 9);
  }
  return rawChangeset([0], [100_000, names]);
}
