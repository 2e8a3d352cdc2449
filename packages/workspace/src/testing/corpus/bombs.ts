import { bodyWith, header, octal, pax, record } from "../archive.js";
import { archived, type Case, type Expectation, ONE, toAgent, toBoth, toMaster } from "./case.js";
import {
  directory,
  type Entry,
  file,
  joined,
  listing,
  rawChangeset,
  rawManifest,
  varint,
} from "./list-bytes.js";

const TIB = 2 ** 40;
const DIGESTS = ["a", "b", "c"].map((digit) => digit.repeat(64));
const [A = "", B = "", C = ""] = DIGESTS;
const LARGE = 8 ** 11;

/** Sizes that are announced, with no byte of content. */
const announced: [what: string, entries: Entry[], expectation: Expectation][] = [
  ["two terabytes", [file("a", "", { digest: A, sizeBytes: 2 * TIB })], "LIMIT"],
  ["a byte more than a terabyte", [file("a", "", { digest: A, sizeBytes: TIB + 1 })], "LIMIT"],
  [
    "more than a terabyte in three files",
    DIGESTS.map((digest, index) => file(`${index}`, "", { digest, sizeBytes: TIB / 2 })),
    "LIMIT",
  ],
  ["as much as a number holds", [file("a", "", { digest: A, sizeBytes: Number.MAX_SAFE_INTEGER })], "LIMIT"],
  [
    "more in sum than a number holds",
    DIGESTS.map((digest, index) => file(`${index}`, "", { digest, sizeBytes: Number.MAX_SAFE_INTEGER })),
    "LIMIT",
  ],
  ["a terabyte that does not come", [file("a", "", { digest: B, sizeBytes: TIB })], "BAD_ARCHIVE"],
  ["a gigabyte that does not come", [file("a", "", { digest: C, sizeBytes: 2 ** 30 })], "BAD_ARCHIVE"],
];

/** Counts that no bytes follow. */
const counts: [what: string, count: number, atAgent: Expectation, atMaster: Expectation][] = [
  ["a million entries", 1_000_000, "BAD_MANIFEST", "BAD_CHANGESET"],
  ["two million and one entries", 2_000_001, "LIMIT", "LIMIT"],
  ["as many entries as a number holds", Number.MAX_SAFE_INTEGER, "LIMIT", "LIMIT"],
];

const large = file("a", "", { digest: A, sizeBytes: LARGE });
const largePax = Buffer.concat([
  pax(record("path", A), record("size", String(LARGE))),
  header({ name: "PaxHeader", size: octal(0) }),
]);

export const bombs: Case[] = [
  ...announced.flatMap(([what, entries, expectation]) => [
    ...toBoth(`an announcement of ${what}`, { entries, archive: Buffer.alloc(0) }, expectation),
  ]),
  ...counts.flatMap(([what, count, atAgent, atMaster]) => [
    toAgent(`an announcement of ${what}`, { list: rawManifest(listing(count, 0)) }, atAgent),
    toMaster(`an announcement of ${what}`, { list: rawChangeset([count], [0]) }, atMaster),
  ]),
  toAgent(
    "a listing of four gigabytes",
    { list: joined("slM\x02", varint(2 ** 32), [0, 0]) },
    "BAD_MANIFEST",
  ),
  ...archived(
    "a million entries",
    endless(() => bodyWith("", { name: "x", size: octal(0) })),
  ),
  ...archived(
    "the same entry a million times",
    endless(() => ONE.body),
  ),
  ...archived(
    "a million PAX headers",
    endless(() => pax(record("size", "3"))),
  ),
  ...archived(
    "blocks of zeros without an end",
    endless(() => Buffer.alloc(65_536)),
  ),
  ...archived(
    "a content without an end",
    endless((index) =>
      index === 0 ? header({ name: ONE.digest, size: octal(3) }) : Buffer.alloc(65_536, "x"),
    ),
  ),
  ...toBoth("a large content that does not come", { entries: [large], archive: largePax }, "BAD_ARCHIVE"),
  ...toBoth(
    "a large content whose header says so itself",
    { entries: [large], archive: header({ name: A, size: "\x80\0\0\0\0\0\0\x02\0\0\0\0" }) },
    "BAD_ARCHIVE",
  ),
  ...toBoth("hundreds of directories, one in the other", { entries: deeperThanAllowed() }, "BAD_PATH"),
];

/** More than anybody should read; each iteration begins anew. */
function endless(block: (index: number) => Buffer): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      for (let index = 0; index < 1_000_000; index++) yield block(index);
      throw new Error("An endless archive was read to its end.");
    },
  };
}

function deeperThanAllowed(): Entry[] {
  const names = Array<string>(300).fill("d");
  return names.map((_, index) => directory(names.slice(0, index + 1).join("/")));
}
