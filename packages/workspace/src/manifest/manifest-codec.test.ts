import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryManifest } from "../testing/arbitrary-manifest.js";
import { digestOf } from "../testing/archive.js";
import { directory, file, manifest, symlink } from "../testing/entries.js";
import type { ManifestEntry } from "./entry.js";
import { decodeManifest, encodeManifest, manifestDigest } from "./manifest-codec.js";

/** Bytes of a manifest written by hand, so that it may say what `encodeManifest` refuses to. */
function raw(count: number, ...parts: (number[] | string | Buffer)[]): Uint8Array {
  return Buffer.concat([
    Buffer.from("slM\x01"),
    Buffer.from([count]),
    ...parts.map((part) => Buffer.from(part as string)),
  ]);
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}

const DIRECTORY = [2, 0x01, 0xed];
const FILE = Buffer.concat([
  Buffer.from([1, 0x01, 0xa4]),
  Buffer.alloc(8),
  Buffer.from([0]),
  Buffer.from(digestOf(""), "hex"),
]);
const dir = (path: string | Buffer, shared = 0) =>
  Buffer.concat([Buffer.from([shared]), text(path), Buffer.from(DIRECTORY)]);
const empty = (path: string, shared = 0) => Buffer.concat([Buffer.from([shared]), text(path), FILE]);
const link = (path: string, target: string | Buffer) =>
  Buffer.concat([Buffer.from([0]), text(path), Buffer.from([3]), text(target)]);
const fileWith = (attributes: Buffer) => raw(1, [0], text("f"), [1], attributes);
const attributes = (mode: number[], mtime: Buffer, size: number[]) =>
  Buffer.concat([Buffer.from(mode), mtime, Buffer.from(size), Buffer.alloc(32)]);

const hostilePaths: [string, string | Buffer][] = [
  ["an absolute path", "/etc"],
  [".. in front", "../x"],
  [".. in the middle", "a/../../x"],
  [".. at the end", "a/.."],
  ["the path ..", ".."],
  ["the path .", "."],
  [". in the middle", "a/./b"],
  ["an empty path", ""],
  ["doubled slashes", "a//b"],
  ["a trailing slash", "a/"],
  ["a NUL", "a\0b"],
  ["a backslash", "..\\x"],
  ["a drive prefix", "C:x"],
  ["a component of 256 bytes", "a".repeat(256)],
  ["a path of 4096 bytes", `${"a".repeat(255)}/`.repeat(15) + "a".repeat(256)],
  ["257 levels", `${"a/".repeat(256)}a`],
  ["invalid UTF-8", Buffer.from([0x61, 0xff])],
  ["a surrogate in UTF-8", Buffer.from([0xed, 0xa0, 0x80])],
  ["an overlong slash", Buffer.from([0x2e, 0x2e, 0xc0, 0xaf])],
];

const hostile: [string, Uint8Array][] = [
  ...hostilePaths.map(([what, path]): [string, Uint8Array] => [what, raw(1, dir(path))]),
  ["nothing", Buffer.alloc(0)],
  ["another magic", Buffer.from("slC\x01\0")],
  ["another version", Buffer.from("slM\x02\0")],
  ["bytes after the end", raw(0, [0])],
  ["more entries than there are", raw(2, dir("a"))],
  ["fewer entries than there are", raw(1, dir("a"), dir("b"))],
  ["a million entries in no bytes", Buffer.from([...Buffer.from("slM\x01"), 0xc0, 0x84, 0x3d])],
  ["a count longer than it needs to be", Buffer.from([...Buffer.from("slM\x01"), 0x80, 0])],
  [
    "a count beyond what a number holds",
    Buffer.from([...Buffer.from("slM\x01"), ...Buffer.alloc(9, 0xff), 1]),
  ],
  ["a path twice", raw(2, dir("a"), dir("a"))],
  ["paths out of order", raw(2, dir("b"), dir("a"))],
  ["a child before its parent", raw(2, dir("a/b"), dir("a", 0))],
  ["an entry below a file", raw(2, empty("a"), empty("b", 1))],
  ["an entry below a symlink", raw(2, link("a", "b"), empty("b", 1))],
  ["an entry in a directory that is missing", raw(1, dir("a/b"))],
  ["a path that shares more than there is", raw(2, dir("a"), dir("b", 2))],
  ["a path that shares less than it could", raw(2, dir("a"), dir("a/b"))],
  ["an unknown kind", raw(1, [0], text("a"), [4, 0, 0])],
  ["the kind 0", raw(1, [0], text("a"), [0, 0, 0])],
  ["a setuid bit", raw(1, [0], text("a"), [2, 0x09, 0xed])],
  ["a mode of sixteen bits", raw(1, [0], text("a"), [2, 0xff, 0xff])],
  ["a time beyond what a number holds", fileWith(attributes([1, 0xa4], Buffer.alloc(8, 0x7f), [0]))],
  [
    "a size beyond what a number holds",
    fileWith(attributes([1, 0xa4], Buffer.alloc(8), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
  ],
  ["a digest that is cut off", raw(1, [0], text("f"), FILE.subarray(0, -1))],
  ["an empty target", raw(1, link("a", ""))],
  ["a NUL in a target", raw(1, link("a", "b\0c"))],
  ["invalid UTF-8 in a target", raw(1, link("a", Buffer.from([0xff])))],
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
    const encoded = encodeManifest(manifest(directory("a"), file("a/b", "1")));
    expect(manifestDigest(encoded)).toBe(digestOf(Buffer.from(encoded)));
    expect(Buffer.from(encoded).toString("hex")).toBe(
      `736c4d0102000161${"0201ed"}010162${"0101a4"}00000000000f4240${"01"}${digestOf("1")}`,
    );
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
