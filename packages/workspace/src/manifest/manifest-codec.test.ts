import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryManifest } from "../testing/arbitrary-manifest.js";
import { digestOf } from "../testing/archive.js";
import { directory, file, manifest, symlink } from "../testing/entries.js";
import type { Manifest, ManifestEntry } from "./entry.js";
import { encodeListing, type Listing } from "./listing.js";
import {
  assembleManifest,
  decodeManifest,
  encodeManifest,
  listingsOf,
  manifestDigest,
} from "./manifest-codec.js";
import { missingListings } from "./missing-listings.js";

/** Bytes of a listing written by hand, so that it may say what `encodeManifest` refuses to. */
function listing(count: number | number[], directories: number, ...parts: Bytes[]): Buffer {
  return joined([count].flat(), [directories], ...parts);
}

type Bytes = number[] | string | Buffer;

function joined(...parts: Bytes[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

function varint(value: number): Buffer {
  return Buffer.from(value < 128 ? [value] : [(value & 0x7f) | 0x80, value >> 7]);
}

function text(value: string | Buffer): Buffer {
  return joined(varint(Buffer.byteLength(value)), Buffer.from(value));
}

function raw(...listings: Buffer[]): Buffer {
  return joined("slM\x02", ...listings.flatMap((bytes) => [varint(bytes.length), bytes]));
}

const NOTHING = listing(0, 0);
const DIRECTORY = [2, 0x01, 0xed];
const FILE = joined([1, 0x01, 0xa4], Buffer.alloc(8), [0], Buffer.from(digestOf(""), "hex"));
const dir = (name: string | Buffer, below = NOTHING) =>
  joined(text(name), DIRECTORY, Buffer.from(digestOf(below), "hex"));
const empty = (name: string) => joined(text(name), FILE);
const link = (name: string, target: string | Buffer) => joined(text(name), [3], text(target));
const fileWith = (attributes: Buffer) => raw(listing(1, 0, text("f"), [1], attributes));
const attributes = (mode: number[], mtime: Buffer, size: number[]) =>
  joined(mode, mtime, size, Buffer.alloc(32));

const hostileNames: [string, string | Buffer][] = [
  ["an absolute path", "/etc"],
  [".. in front", "../x"],
  [".. in the middle", "a/../../x"],
  ["the name ..", ".."],
  ["the name .", "."],
  ["an empty name", ""],
  ["doubled slashes", "a//b"],
  ["a trailing slash", "a/"],
  ["a path", "a/b"],
  ["a NUL", "a\0b"],
  ["a backslash", "..\\x"],
  ["a drive prefix", "C:x"],
  ["256 bytes", "a".repeat(256)],
  ["invalid UTF-8", Buffer.from([0x61, 0xff])],
  ["a surrogate in UTF-8", Buffer.from([0xed, 0xa0, 0x80])],
  ["an overlong slash", Buffer.from([0x2e, 0x2e, 0xc0, 0xaf])],
];

/** Directories of these names, one in the other. */
function nested(...names: string[]): Buffer {
  const listings = [NOTHING];
  for (const name of names.toReversed()) listings.unshift(listing(1, 1, dir(name, listings[0])));
  return raw(...listings);
}

const hostile: [string, Uint8Array][] = [
  ...hostileNames.map(([what, name]): [string, Uint8Array] => [
    `a name that is ${what}`,
    raw(listing(1, 1, dir(name)), NOTHING),
  ]),
  ["a path of 4096 bytes", nested(...Array(16).fill("a".repeat(255)), "a")],
  ["257 levels", nested(...Array(257).fill("a"))],
  ["nothing", Buffer.alloc(0)],
  ["no listing", raw()],
  ["another magic", joined("slC\x02", [2, 0, 0])],
  ["another version", joined("slM\x01", [2, 0, 0])],
  ["a listing after the end", raw(NOTHING, NOTHING)],
  ["bytes after the end of a listing", raw(listing(0, 0, [0]))],
  ["more entries than there are", raw(listing(2, 1, dir("a")), NOTHING)],
  ["fewer entries than there are", raw(listing(1, 2, dir("a"), dir("b")), NOTHING, NOTHING)],
  ["more directories than there are", raw(listing(1, 2, dir("a")), NOTHING, NOTHING)],
  ["fewer directories than there are", raw(listing(1, 0, dir("a")), NOTHING)],
  ["a million entries in no bytes", raw(listing([0xc0, 0x84, 0x3d], 0))],
  ["a count longer than it needs to be", raw(listing([0x80, 0], 0))],
  ["a count beyond what a number holds", raw(listing([...Buffer.alloc(9, 0xff), 1], 0))],
  ["a listing longer than all there is", joined("slM\x02", [0x7f], NOTHING)],
  ["a name twice", raw(listing(2, 2, dir("a"), dir("a")), NOTHING, NOTHING)],
  ["names out of order", raw(listing(2, 2, dir("b"), dir("a")), NOTHING, NOTHING)],
  ["a listing that is missing", raw(listing(1, 1, dir("a")))],
  ["a listing of another directory", raw(listing(1, 1, dir("a", listing(1, 0, empty("b")))), NOTHING)],
  ["an unknown kind", raw(listing(1, 0, text("a"), [4, 0, 0]))],
  ["the kind 0", raw(listing(1, 0, text("a"), [0, 0, 0]))],
  ["a setuid bit", raw(listing(1, 1, text("a"), [2, 0x09, 0xed], Buffer.alloc(32)), NOTHING)],
  ["a mode of sixteen bits", raw(listing(1, 1, text("a"), [2, 0xff, 0xff], Buffer.alloc(32)), NOTHING)],
  ["a time beyond what a number holds", fileWith(attributes([1, 0xa4], Buffer.alloc(8, 0x7f), [0]))],
  [
    "a size beyond what a number holds",
    fileWith(attributes([1, 0xa4], Buffer.alloc(8), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
  ],
  ["a digest that is cut off", raw(listing(1, 0, text("f"), FILE.subarray(0, -1)))],
  ["an empty target", raw(listing(1, 0, link("a", "")))],
  ["a NUL in a target", raw(listing(1, 0, link("a", "b\0c")))],
  ["invalid UTF-8 in a target", raw(listing(1, 0, link("a", Buffer.from([0xff]))))],
];

const invalid: [string, ManifestEntry[]][] = [
  ["a file without a digest", [{ ...file("a", ""), digest: undefined as never }]],
  ["a digest in capitals", [{ ...file("a", ""), digest: "A".repeat(64) }]],
  ["a directory with a time", [{ ...directory("a"), mtimeUs: 1 }]],
  ["a directory with a size", [{ ...directory("a"), sizeBytes: 1 }]],
  ["a symlink with a mode", [{ ...symlink("a", "b"), mode: 0o777 }]],
  ["a file with a target", [{ ...file("a", ""), target: "b" }]],
  ["half a surrogate in a name", [directory("\ud800")]],
  ["a fraction of a byte", [{ ...file("a", ""), sizeBytes: 0.5 }]],
  ["a time that is no number", [{ ...file("a", ""), mtimeUs: Number.NaN }]],
];

describe("an encoded manifest", () => {
  it("decodes to the manifest it was made of, and encodes to the same bytes again", () => {
    fc.assert(
      fc.property(arbitraryManifest, (given) => {
        const encoded = encodeManifest(given);
        const decoded = decodeManifest(encoded);
        expect(decoded).toEqual(given);
        expect(Buffer.from(encodeManifest(decoded)).equals(encoded)).toBe(true);
      }),
    );
  });

  it("has one form: whatever decodes encodes to the same bytes, and no byte can be changed unseen", () => {
    const encoded = encodeManifest(
      manifest(directory("a"), file("a/b", "1"), file("c", ""), symlink("d", "a/b")),
    );
    fc.assert(
      fc.property(fc.nat(encoded.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(encoded);
        changed[at] = (changed[at] ?? 0) ^ change;
        const decoded = decodedOrRefused(changed);
        if (decoded !== undefined) expect(Buffer.from(encodeManifest(decoded)).equals(changed)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("is refused when it is cut off anywhere", () => {
    const encoded = encodeManifest(manifest(directory("a"), file("a/b", "1"), symlink("d", "a/b")));
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decodeManifest(encoded.subarray(0, length))).toThrow(
        expect.objectContaining({ name: "WorkspaceError" }),
      );
    }
  });

  it("keeps its digest for the same tree", () => {
    const below = listing(
      1,
      0,
      text("b"),
      [1, 0x01, 0xa4],
      Buffer.from("00000000000f4240", "hex"),
      [1],
      [...Buffer.from(digestOf("1"), "hex")],
    );
    const root = listing(1, 1, dir("a", below));
    const encoded = encodeManifest(manifest(directory("a"), file("a/b", "1")));
    expect(Buffer.from(encoded).toString("hex")).toBe(raw(root, below).toString("hex"));
    expect(manifestDigest(encoded)).toBe(digestOf(root));
  });

  it("has another digest when anything in the tree is another", () => {
    const digestWith = (...entries: ManifestEntry[]) =>
      manifestDigest(encodeManifest(manifest(directory("a"), directory("a/b"), ...entries)));
    const digests = [
      digestWith(file("a/b/c", "1")),
      digestWith(file("a/b/c", "2")),
      digestWith(file("a/b/c", "1", 0o755)),
      digestWith(file("a/b/c", "1", 0o644, 5)),
      digestWith(file("a/b/d", "1")),
      digestWith(symlink("a/b/c", "1")),
      digestWith(),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it.each(hostile)("is refused with %s", (_, bytes) => {
    expect(() => decodeManifest(bytes)).toThrow(expect.objectContaining({ name: "WorkspaceError" }));
  });

  it.each(invalid)("is not made of %s", (_, entries) => {
    expect(() => encodeManifest({ entries })).toThrow(expect.objectContaining({ name: "WorkspaceError" }));
  });

  it.each([
    ["entries", { entries: 1 }],
    ["bytes of paths", { pathBytes: 3 }],
    ["levels of directories", { depth: 1 }],
  ])("is refused with more %s than the limit", (what, limits) => {
    const encoded = encodeManifest(manifest(directory("a"), directory("a/b")));
    expect(() => decodeManifest(encoded, limits)).toThrow(expect.objectContaining({ code: "LIMIT" }));
    expect(() => decodeManifest(encoded, limits)).toThrow(what);
    expect(decodeManifest(encoded, { entries: 2, pathBytes: 4, depth: 2 }).entries).toHaveLength(2);
  });
});

function decodedOrRefused(bytes: Uint8Array) {
  try {
    return decodeManifest(bytes);
  } catch (error) {
    expect(error).toMatchObject({ name: "WorkspaceError" });
    return undefined;
  }
}

describe("the listings that are missing of a tree", () => {
  it("are found level by level until the tree can be put together", () => {
    fc.assert(
      fc.property(arbitraryManifest, arbitraryManifest, (held, wanted) => {
        const all = byDigest(wanted);
        const known = byDigest(held);
        const rootDigest = manifestDigest(encodeManifest(wanted));
        for (let missing = missingListings(rootDigest, (digest) => known.get(digest)); missing.length > 0; ) {
          for (const digest of missing) known.set(digest, all.get(digest) ?? new Uint8Array());
          missing = missingListings(rootDigest, (digest) => known.get(digest));
        }
        const listingOf = (digest?: string) => known.get(digest ?? "");
        expect(assembleManifest(listingOf, {}, rootDigest)).toEqual(wanted);
      }),
    );
  });

  it("do not grow with how often a listing is used, and the tree they make is held to the limits", () => {
    let below: Listing = encodeListing({ entries: [file("f", "")], subdirectories: [] });
    const known = new Map([[below.digest, below.bytes]]);
    for (let level = 0; level < 40; level++) {
      const subdirectories = [below.digest, below.digest];
      below = encodeListing({ entries: [directory("a"), directory("b")], subdirectories });
      known.set(below.digest, below.bytes);
    }
    expect(missingListings(below.digest, (digest) => known.get(digest))).toEqual([]);
    const listingOf = (digest?: string) => known.get(digest ?? "");
    expect(() => assembleManifest(listingOf, { entries: 10_000 }, below.digest)).toThrow(
      expect.objectContaining({ code: "LIMIT" }),
    );
  });
});

function byDigest(manifest: Manifest): Map<string, Uint8Array> {
  return new Map(listingsOf(manifest).map(({ digest, bytes }) => [digest, bytes]));
}
