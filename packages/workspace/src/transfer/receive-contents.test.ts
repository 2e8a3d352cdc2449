import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ManifestEntry } from "../manifest/entry.js";
import {
  body,
  digestOf,
  END,
  fileOf,
  header,
  octal,
  padded,
  pax,
  type RawHeader,
  record,
} from "../testing/archive.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { receiveContents } from "./receive-contents.js";

const first = fileOf("first", "one");
const second = fileOf("second", "x".repeat(1000));
const expected = [first, second];
const good = Buffer.concat([body("one"), body("x".repeat(1000)), END]);

/** The digest of the good archive, in which each content counts by its own. */
const summed = digestOf(
  Buffer.concat([
    body("one").subarray(0, 512),
    Buffer.from(digestOf("one"), "hex"),
    Buffer.alloc(509),
    body("x".repeat(1000)).subarray(0, 512),
    Buffer.from(digestOf("x".repeat(1000)), "hex"),
    Buffer.alloc(24),
    END,
  ]),
);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function receive(
  bytes: Buffer,
  stagingDir: string,
  entries: readonly ManifestEntry[] = expected,
  size = 4096,
) {
  return receiveContents(inPieces(bytes, size), { expected: entries, stagingDir });
}

/** The first entry with other fields in its header, then the rest as it should be. */
function withHeader(fields: RawHeader): Buffer {
  const fine = { name: digestOf("one"), size: octal(3) };
  return Buffer.concat([header({ ...fine, ...fields }), padded("one"), body("x".repeat(1000)), END]);
}

function withBefore(...before: Buffer[]): Buffer {
  return Buffer.concat([...before, good]);
}

const typed = (type: string, link = "") => withHeader({ type, link });
const named = (name: string) => withHeader({ name });
const gnuLongName = Buffer.concat([
  header({ name: "././@LongLink", type: "L", size: octal(5) }),
  padded("a/b/c"),
]);
const swapped = Buffer.concat([body("x".repeat(1000)), body("one"), END]);
const TERABYTE = 2 ** 40;

const hostile: [string, Buffer][] = [
  ["an absolute name", named("/etc/passwd")],
  ["a name with .. in front", named("../../etc/passwd")],
  ["a name with .. in the middle", named("a/../../b")],
  ["a name with .. at the end", named("a/..")],
  ["the name ..", named("..")],
  ["the name .", named(".")],
  ["doubled slashes", named("a//b")],
  ["an empty name", named("")],
  ["a trailing slash on a file", named(`${digestOf("one")}/`)],
  ["a name of the full 100 bytes", named("a".repeat(100))],
  ["a NUL in the name", named("a\0b")],
  ["bytes behind the NUL of a name", named(`${digestOf("one")}\0../x`)],
  ["invalid UTF-8 in the name", named("\xff\xfe")],
  ["a backslash in the name", named("..\\..\\x")],
  ["a drive prefix", named("C:x")],
  ["a reserved name", named("CON")],
  ["a terminal escape in the name", named("\x1b[2J")],
  ["the digest in capitals", named(digestOf("one").toUpperCase())],
  ["the path in place of the digest", named("first")],
  ["a name prefix", withHeader({ prefix: "../.." })],
  ["bytes in the padding of a header", withHeader({ tail: "x" })],
  ["a hard link", typed("1", "first")],
  ["a hard link to the outside", typed("1", "/etc/passwd")],
  ["a symlink", typed("2", "first")],
  ["an absolute symlink", typed("2", "/etc")],
  ["a leaving symlink", typed("2", "../../..")],
  ["a link name on a file", withHeader({ link: "/etc/passwd" })],
  ["a character device", typed("3")],
  ["a block device", typed("4")],
  ["a directory", typed("5")],
  ["a FIFO", typed("6")],
  ["a contiguous file", typed("7")],
  ["an old-style file", typed("\0")],
  ["a type that nobody knows", typed("Z")],
  ["a GNU dump directory", typed("D")],
  ["a GNU multi-volume entry", typed("M")],
  ["a GNU volume label", typed("V")],
  ["a GNU sparse file", typed("S")],
  ["a GNU long name", withBefore(gnuLongName)],
  [
    "a GNU long link name",
    withBefore(Buffer.concat([header({ type: "K", size: octal(5) }), padded("a/b/c")])),
  ],
  ["a Solaris extended header", typed("X")],
  [
    "a global PAX header",
    withBefore(Buffer.concat([header({ type: "g", size: octal(14) }), padded("14 path=../x\n\n")])),
  ],
  ["a PAX path", withBefore(pax(record("path", "../x")))],
  ["a PAX linkpath", withBefore(pax(record("linkpath", "/etc")))],
  ["a PAX mtime", withBefore(pax(record("mtime", "1.5")))],
  ["an unknown PAX key", withBefore(pax(record("SCHILY.xattr.user.x", "y")))],
  ["a PAX size for a small file", withBefore(pax(record("size", "3")))],
  ["a PAX size that is not announced", withBefore(pax(record("size", String(8 ** 11))))],
  ["a PAX size of a terabyte", withBefore(pax(record("size", String(TERABYTE))))],
  ["a negative PAX size", withBefore(pax(record("size", "-3")))],
  ["a PAX size beyond what a number holds", withBefore(pax(record("size", "9".repeat(30))))],
  ["a PAX size with leading zeros", withBefore(pax(record("size", `0${8 ** 11}`)))],
  ["a PAX record with a wrong length", withBefore(pax(`99 size=${8 ** 11}\n`))],
  ["two PAX records", withBefore(pax(record("size", String(8 ** 11)), record("size", String(8 ** 11))))],
  ["two PAX headers", withBefore(pax(record("size", String(8 ** 11))), pax(record("size", String(8 ** 11))))],
  ["an empty PAX header", withBefore(pax())],
  ["a large PAX header", withBefore(header({ type: "x", size: octal(2 ** 30) }))],
  [
    "a PAX header before the end",
    Buffer.concat([body("one"), body("x".repeat(1000)), pax(record("size", String(8 ** 11))), END]),
  ],
  ["a wrong checksum", withHeader({ checksum: "000001\0 " })],
  ["a checksum that is not octal", withHeader({ checksum: "99999999" })],
  ["an empty checksum", withHeader({ checksum: "\0\0\0\0\0\0\0\0" })],
  ["the GNU magic", withHeader({ magic: "ustar  \0" })],
  ["no magic", withHeader({ magic: "" })],
  ["another version of ustar", withHeader({ magic: "ustar\x0001" })],
  ["a negative size", withHeader({ size: "-0000000003 " })],
  ["a size in base 256", withHeader({ size: "\x80\0\0\0\0\0\0\0\0\0\0\x03" })],
  ["a negative size in base 256", withHeader({ size: "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" })],
  ["the largest octal size", withHeader({ size: "77777777777\0" })],
  ["a size with 8 in it", withHeader({ size: "00000000008 " })],
  ["an empty size", withHeader({ size: "\0\0\0\0\0\0\0\0\0\0\0\0" })],
  ["a size that is too small", withHeader({ size: octal(2) })],
  ["a size that is too large", withHeader({ size: octal(4) })],
  ["a size of zero", withHeader({ size: octal(0) })],
  ["a mode that is not octal", withHeader({ mode: "rwxr-xr" })],
  ["a uid in base 256", withHeader({ uid: "\x80\0\0\0\0\0\0\x01" })],
  ["a time in base 256", withHeader({ mtime: "\x80\0\0\0\0\0\0\0\0\0\0\x01" })],
  ["a device number", withHeader({ devmajor: "\xff" })],
  ["a user name", withHeader({ user: "root" })],
  [
    "other bytes than the digest says",
    Buffer.concat([
      header({ name: digestOf("one"), size: octal(3) }),
      padded("two"),
      body("x".repeat(1000)),
      END,
    ]),
  ],
  ["an entry twice", Buffer.concat([body("one"), body("one"), body("x".repeat(1000)), END])],
  ["entries in another order", swapped],
  ["an entry too many", Buffer.concat([body("one"), body("x".repeat(1000)), body("three"), END])],
  ["an entry too few", Buffer.concat([body("one"), END])],
  ["no entry", END],
  ["nothing at all", Buffer.alloc(0)],
  ["an empty entry too many", withBefore(Buffer.concat([header({ name: digestOf("") })]))],
  [
    "bytes in the padding of a body",
    Buffer.concat([
      header({ name: digestOf("one"), size: octal(3) }),
      Buffer.concat([Buffer.from("onex"), Buffer.alloc(508)]),
      body("x".repeat(1000)),
      END,
    ]),
  ],
  ["no end marker", good.subarray(0, -1024)],
  ["half an end marker", good.subarray(0, -512)],
  ["a third block of zeros", Buffer.concat([good, Buffer.alloc(512)])],
  ["an entry after the end", Buffer.concat([good, body("three")])],
  ["one byte after the end", Buffer.concat([good, Buffer.from("x")])],
  ["a compressed archive", Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), good])],
  [
    "a block of zeros between entries",
    Buffer.concat([body("one"), Buffer.alloc(512), body("x".repeat(1000)), END]),
  ],
  ["nothing but 0xff", Buffer.alloc(4096, 0xff)],
];

describe("receiving contents", () => {
  it.each([1, 7, 511, 512, 513, 100_000])(
    "takes what is as expected, in chunks of %i bytes",
    async (size) => {
      const stagingDir = join(temporaryDirectory(), "staging");
      const contents = await receive(good, stagingDir, expected, size);
      expect(readFileSync(contents.pathOf(digestOf("one")) ?? "", "utf8")).toBe("one");
      expect(readFileSync(contents.pathOf(second.digest ?? "") ?? "", "utf8")).toBe("x".repeat(1000));
      expect(contents.summary).toEqual({ bytes: good.length, entries: 2, sha256: summed });
      expect(contents.pathOf(digestOf("three"))).toBeUndefined();
      expect(statSync(stagingDir).mode & 0o777).toBe(0o700);
      await contents.remove();
      await contents.remove();
      expect(existsSync(stagingDir)).toBe(false);
    },
  );

  it("needs one body for equal files and none for empty ones", async () => {
    const entries = [fileOf("a", "one"), fileOf("b", ""), fileOf("c", "one")];
    const contents = await receive(
      Buffer.concat([body("one"), END]),
      join(temporaryDirectory(), "s"),
      entries,
    );
    expect(contents.summary.entries).toBe(1);
  });

  it.each(hostile)("refuses %s and leaves nothing behind", async (_, bytes) => {
    const directory = temporaryDirectory();
    for (const size of [100_000, 333]) {
      const received = receive(bytes, join(directory, "staging"), expected, size);
      await expect(received).rejects.toMatchObject({ name: "WorkspaceError", code: "BAD_ARCHIVE" });
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it("refuses an archive that is cut off at any block or in the middle of one", async () => {
    const directory = temporaryDirectory();
    for (let length = 0; length < good.length; length += 256) {
      const received = receive(good.subarray(0, length), join(directory, "staging"));
      await expect(received).rejects.toMatchObject({ code: "BAD_ARCHIVE" });
    }
    expect(readdirSync(directory)).toEqual([]);
  });

  it("shows what a peer named without control bytes", async () => {
    const received = receive(named("\x1b[2J\x9b"), join(temporaryDirectory(), "staging"));
    await expect(received).rejects.toThrow(/^[\x20-\x7e]*$/);
  });

  it("refuses announced terabytes before it reads or writes anything", async () => {
    const directory = temporaryDirectory();
    const huge = { ...first, sizeBytes: TERABYTE + 1 };
    let asked = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      asked = true;
      yield good;
    }
    const received = receiveContents(source(), { expected: [huge], stagingDir: join(directory, "staging") });
    await expect(received).rejects.toMatchObject({ code: "LIMIT" });
    expect(asked).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("counts a content for each file that has it", async () => {
    const entries = [first, { ...first, path: "other" }];
    const received = receiveContents(inPieces(Buffer.concat([body("one"), END]), 512), {
      expected: entries,
      stagingDir: join(temporaryDirectory(), "staging"),
      limits: { contentBytes: 2 * first.sizeBytes - 1 },
    });
    await expect(received).rejects.toMatchObject({ code: "LIMIT" });
  });

  it("refuses more entries than the limit", async () => {
    const received = receiveContents(inPieces(good, 512), {
      expected,
      stagingDir: join(temporaryDirectory(), "staging"),
      limits: { entries: 1 },
    });
    await expect(received).rejects.toMatchObject({ code: "LIMIT" });
  });

  it("refuses two sizes for one digest", async () => {
    const entries = [first, { ...first, path: "other", sizeBytes: 4 }];
    const received = receive(good, join(temporaryDirectory(), "staging"), entries);
    await expect(received).rejects.toMatchObject({ code: "BAD_MANIFEST" });
  });

  it("does not use a directory that holds something", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "staging"));
    writeFileSync(join(directory, "staging/mine"), "mine");
    await expect(receive(good, join(directory, "staging"))).rejects.toMatchObject({ code: "NOT_EMPTY" });
    expect(readFileSync(join(directory, "staging/mine"), "utf8")).toBe("mine");
  });

  it("stops waiting for a silent sender when it is aborted, with the reason of the signal", async () => {
    const directory = temporaryDirectory();
    const controller = new AbortController();
    async function* silent(): AsyncGenerator<Uint8Array> {
      yield good.subarray(0, 700);
      controller.abort(new Error("enough"));
      await new Promise(() => undefined);
    }
    const options = { expected, stagingDir: join(directory, "staging"), signal: controller.signal };
    await expect(receiveContents(silent(), options)).rejects.toThrow("enough");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("passes on the failure of the sender and leaves nothing behind", async () => {
    const directory = temporaryDirectory();
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield good.subarray(0, 700);
      throw new Error("connection lost");
    }
    const received = receiveContents(failing(), { expected, stagingDir: join(directory, "staging") });
    await expect(received).rejects.toThrow("connection lost");
    expect(readdirSync(directory)).toEqual([]);
  });
});
