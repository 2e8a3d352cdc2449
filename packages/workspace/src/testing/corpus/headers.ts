import { bodyWith, END, header, octal, padded, pax, type RawHeader, record } from "../archive.js";
import { archived, type Case, type Expectation, ONE, TWO, toAgent, toBoth, toMaster } from "./case.js";
import {
  type Bytes,
  changesetBytes,
  directory,
  file,
  frontCodedPath,
  joined,
  listing,
  manifestBytes,
  rawChangeset,
  rawManifest,
  text,
  varint,
} from "./list-bytes.js";

const base256 = (...end: number[]) =>
  String.fromCharCode(0x80, ...Array<number>(11 - end.length).fill(0), ...end);
const LARGE = 8 ** 11;

/** Fields of the first header that make it another one than is due. */
const fields: [what: string, fields: RawHeader][] = [
  ["a checksum that is one too low", { checksum: checksumOf(-1) }],
  ["a checksum that is one too high", { checksum: checksumOf(+1) }],
  ["a checksum of zero", { checksum: "000000\0 " }],
  ["an empty checksum", { checksum: "\0".repeat(8) }],
  ["a checksum of spaces", { checksum: " ".repeat(8) }],
  ["a checksum that is not octal", { checksum: "99999999" }],
  ["a checksum in base 256", { checksum: "\x80\0\0\0\0\0\0\x01" }],
  ["a negative checksum", { checksum: "-00001\0 " }],
  ["the sum of signed bytes", { user: "\xff", checksum: checksumOf(-1) }],
  ["a negative size", { size: "-0000000003 " }],
  ["a size with a plus sign", { size: "+0000000003 " }],
  ["a size in base 256", { size: base256(3) }],
  ["a huge size in base 256", { size: base256(0x7f, 255, 255, 255, 255, 255, 255, 255) }],
  ["a negative size in base 256", { size: "\xff".repeat(12) }],
  ["the largest octal size", { size: "77777777777\0" }],
  ["a size of twelve octal digits", { size: "777777777777" }],
  ["a size that wraps around 32 bits", { size: octal(2 ** 32 + 3) }],
  ["a size with 8 in it", { size: "00000000008 " }],
  ["a size in hexadecimal", { size: "0x000000003 " }],
  ["a size in decimal with an exponent", { size: "3e000000000 " }],
  ["an empty size", { size: "\0".repeat(12) }],
  ["a size of spaces", { size: " ".repeat(12) }],
  ["a size with spaces in front", { size: "          3 " }],
  ["a size with a NUL in the middle", { size: "00000\x00000003" }],
  ["a size that is one too small", { size: octal(2) }],
  ["a size that is one too large", { size: octal(4) }],
  ["a size of zero", { size: octal(0) }],
  ["a size of a whole block", { size: octal(512) }],
  ["a mode that is not octal", { mode: "rwxr-xr" }],
  ["an empty mode", { mode: "\0".repeat(8) }],
  ["a uid in base 256", { uid: "\x80\0\0\0\0\0\0\x01" }],
  ["a negative uid", { uid: "-000001 " }],
  ["a time in base 256", { mtime: base256(1) }],
  ["a negative time", { mtime: "-0000000001 " }],
  ["a device number that is not octal", { devmajor: "\xff" }],
  ["a user name", { user: "root" }],
  ["the GNU magic", { magic: "ustar  \0" }],
  ["no magic", { magic: "\0".repeat(8) }],
  ["another version of ustar", { magic: "ustar\x0001" }],
  ["the magic of star", { tail: "\0\0\0\0\0\0\0\0tar\0" }],
  ["bytes in the padding", { tail: "x" }],
  ["a name in capitals", { name: ONE.digest.toUpperCase() }],
  ["a name with bytes behind its NUL", { name: `${ONE.digest}\0../x` }],
  ["a name with a space behind it", { name: `${ONE.digest} ` }],
  ["the digest of another content", { name: TWO.toString("latin1", 0, 64) }],
  ["GNU sparse fields", { magic: "ustar  \0", type: "S", prefix: "0".repeat(41) + octal(0) + octal(3) }],
];

/** What other archivers write there; nothing of it reaches the disk, since a list has said it already. */
const ignored: [what: string, fields: RawHeader][] = [
  ["a setuid mode", { mode: "004755 " }],
  ["a mode of seven digits", { mode: "0100644\0" }],
  ["the user and group of somebody", { uid: "001750 " }],
  ["a time", { mtime: octal(1_700_000_000) }],
  ["a size that ends in a NUL", { size: "00000000003\0" }],
];

/** What stands before the first entry. */
const before: [what: string, bytes: Buffer][] = [
  ["a PAX path", pax(record("path", "../outside/planted"))],
  ["a PAX path that is the digest", pax(record("path", ONE.digest))],
  ["a PAX path with a NUL", pax(record("path", `${ONE.digest}\0x`))],
  ["a PAX linkpath", pax(record("linkpath", "/etc/passwd"))],
  ["a PAX mtime", pax(record("mtime", "1.5"))],
  ["a PAX size that is the true one", pax(record("size", "3"))],
  ["a PAX size against the header's", pax(record("size", "4"))],
  ["a PAX size of zero", pax(record("size", "0"))],
  ["a PAX size of a terabyte", pax(record("size", String(2 ** 40)))],
  ["a negative PAX size", pax(record("size", "-3"))],
  ["a PAX size beyond what a number holds", pax(record("size", "9".repeat(30)))],
  ["a PAX size in octal", pax(record("size", `0${LARGE}`))],
  ["a PAX size in hexadecimal", pax(record("size", "0x3"))],
  ["an empty PAX size", pax(record("size", ""))],
  ["the same PAX key twice", pax(record("size", "3"), record("size", "4"))],
  ["the records of a large content", pax(record("path", ONE.digest), record("size", String(LARGE)))],
  ["an unknown PAX key", pax(record("comment", "x"))],
  ["a PAX user and group", pax(record("uid", "0"), record("gid", "0"), record("uname", "root"))],
  ["a PAX charset", pax(record("hdrcharset", "BINARY"))],
  ["an extended attribute", pax(record("SCHILY.xattr.security.capability", "\x01"))],
  ["an ACL", pax(record("SCHILY.acl.access", "user::rwx"))],
  ["a libarchive attribute", pax(record("LIBARCHIVE.xattr.user.x", "eA=="))],
  ["a PAX sparse file of format 0.1", pax(record("GNU.sparse.map", "0,3"), record("GNU.sparse.size", "3"))],
  [
    "a PAX sparse file of format 1.0",
    pax(record("GNU.sparse.major", "1"), record("GNU.sparse.realsize", "3")),
  ],
  ["a PAX sparse name", pax(record("GNU.sparse.name", "../outside/planted"))],
  ["a PAX record with a wrong length", pax(`99 size=${LARGE}\n`)],
  ["a PAX record of negative length", pax("-1 size=3\n")],
  ["a PAX record of length zero", pax("0 size=3\n")],
  ["a PAX record without an end", pax("9 size=33")],
  ["a PAX record without a key", pax(record("", "x"))],
  ["a PAX record without an equals sign", pax("7 size\n")],
  ["an empty PAX header", pax()],
  ["a PAX header of a gigabyte", header({ type: "x", size: octal(2 ** 30) })],
  ["two PAX headers", Buffer.concat([pax(record("size", "3")), pax(record("size", "3"))])],
  [
    "bytes behind a PAX header",
    Buffer.concat([paxHeader(10), Buffer.from("10 size=3\nx"), Buffer.alloc(501)]),
  ],
  ["a global PAX header", global(record("path", "../outside/planted"))],
  ["a global PAX header of a mode", global(record("mode", "4755"))],
  ["an empty global PAX header", global()],
  ["a GNU long name", gnuLong("L", "../outside/planted\0")],
  ["a GNU long name that is the digest", gnuLong("L", `${ONE.digest}\0`)],
  ["a GNU long name of a gigabyte", header({ name: "././@LongLink", type: "L", size: octal(2 ** 30) })],
  ["a GNU long link name", gnuLong("K", "/etc/passwd\0")],
  ["an old GNU sparse file", header({ type: "S", magic: "ustar  \0", size: octal(512) })],
  ["a GNU volume label", header({ name: "volume", type: "V" })],
];

const VARINT_TOO_LONG = [0x81, 0x00];
const VARINT_TOO_LARGE = [...Array<number>(9).fill(0xff), 0x01];
const entry = file("new", "one");
const CUT = entry.attributes.subarray(0, -1);
const listed = (count: number | Bytes, ...parts: Bytes[]) => rawManifest(listing(count, 0, ...parts));
const changed = (count: number | Bytes, ...records: Bytes[]) => rawChangeset([count, ...records], [0]);
const recordOf = (path: Bytes, attributes: Buffer) => joined(frontCodedPath(0, path), attributes);
const [sixteenBits, setuid] = [{ mode: 0xffff }, { mode: 0o4755 }];

/** Faults in a record that both kinds of list have: the manifest's version of it, and the changeset's. */
const lists: [what: string, list: Buffer, changeset: Buffer, atMaster?: Expectation][] = [
  ["nothing", Buffer.alloc(0), Buffer.alloc(0)],
  ["half a magic", Buffer.from("sl"), Buffer.from("sl")],
  ["a magic alone", Buffer.from("slM\x02"), Buffer.from("slC\x01")],
  ["the other kind of list", changesetBytes([entry]), manifestBytes([entry])],
  ["another version", joined("slM\x03", [2, 0, 0]), joined("slC\x02", [0, 0])],
  ["text", Buffer.from("{}"), Buffer.from("{}")],
  ["nothing but 0xff", Buffer.alloc(64, 0xff), Buffer.alloc(64, 0xff)],
  ["a byte after the end", joined(manifestBytes([entry]), [0]), joined(changesetBytes([entry]), [0])],
  [
    "a count that is too small",
    listed(0, text("new"), entry.attributes),
    changed(0, recordOf("new", entry.attributes)),
  ],
  [
    "a count that is too large",
    listed(2, text("new"), entry.attributes),
    changed(2, recordOf("new", entry.attributes)),
  ],
  ["a count that is longer than it needs to be", listed(VARINT_TOO_LONG), changed(VARINT_TOO_LONG)],
  ["a count beyond what a number holds", listed(VARINT_TOO_LARGE), changed(VARINT_TOO_LARGE)],
  ["a count without an end", listed([0x80]), rawChangeset([[0x80]])],
  [
    "a length beyond the end",
    listed(1, varint(200), Buffer.alloc(60)),
    changed(1, [0], varint(200), Buffer.alloc(60)),
  ],
  ["an attribute that is cut off", listed(1, text("new"), CUT), rawChangeset([1, recordOf("new", CUT)])],
];

/** Attributes that no entry can have. */
const attributes: [
  what: string,
  entry: ReturnType<typeof file>,
  atAgent?: Expectation,
  atMaster?: Expectation,
][] = [
  ["a setuid file", file("new", "one", setuid), "BAD_MANIFEST", "BAD_MANIFEST"],
  ["a file with a mode of sixteen bits", file("new", "one", sixteenBits), "BAD_MANIFEST", "BAD_MANIFEST"],
  ["a setgid directory", directory("new", 0o2755), "BAD_MANIFEST", "BAD_MANIFEST"],
  ["a sticky directory", directory("new", 0o1777), "BAD_MANIFEST", "BAD_MANIFEST"],
  ["a time beyond what a number holds", withTime(0x7f)],
  ["a time before what a number holds", withTime(0x80)],
  ["a size beyond what a number holds", file("new", "one", { sizeBytes: 2n ** 63n })],
  ["a size of 2 to the 53rd", file("new", "one", { sizeBytes: 2n ** 53n })],
];

/** Extremes that are possible, and stand on the disk as they were sent. */
const extremes = [
  file("a", "one", { mode: 0o400 }),
  file("b", "two", { mode: 0o777 }),
  file("c", "three", { mtimeUs: 0 }),
  file("e", "", { mtimeUs: 4_000_000_000_000_000 }),
  file("f", "", { mtimeUs: 999_999 }),
];

export const headers: Case[] = [
  ...fields.flatMap(([what, fields]) => inArchive(`a header with ${what}`, bodyWith("one", fields))),
  ...ignored.flatMap(([what, fields]) =>
    inArchive(`a header with ${what}`, bodyWith("one", fields), "accepted"),
  ),
  ...before.flatMap(([what, bytes]) =>
    inArchive(`${what} before an entry`, Buffer.concat([bytes, ONE.body])),
  ),
  ...lists.flatMap(([what, manifest, changeset, atMaster = "BAD_CHANGESET"]) => [
    toAgent(`a manifest that is ${what}`, { list: manifest }, "BAD_MANIFEST"),
    toMaster(`a changeset that is ${what}`, { list: changeset }, atMaster),
  ]),
  ...attributes.flatMap(([what, entry, atAgent = "BAD_MANIFEST", atMaster = "BAD_CHANGESET"]) =>
    toBoth(what, { entries: [entry] }, atAgent, atMaster),
  ),
  ...toBoth("extremes of mode and time", { entries: extremes }, "accepted"),
  ...inArchive("a content that is not what its digest says", bodyWith("two", { name: ONE.digest })),
];

function inArchive(name: string, first: Buffer, expectation: Expectation = "BAD_ARCHIVE"): Case[] {
  return archived(name, Buffer.concat([first, TWO, END]), expectation);
}

/** What the first header should have, and a bit more or less. */
function checksumOf(more: number): string {
  const right = Number.parseInt(ONE.body.toString("latin1", 148, 154), 8);
  return `${(right + more).toString(8).padStart(6, "0")}\0 `;
}

function paxHeader(sizeBytes: number): Buffer {
  return header({ name: "PaxHeader", type: "x", size: octal(sizeBytes) });
}

function global(...records: string[]): Buffer {
  const bytes = records.join("");
  return Buffer.concat([header({ type: "g", size: octal(bytes.length) }), padded(bytes)]);
}

function gnuLong(type: string, name: string): Buffer {
  const longLink = header({ name: "././@LongLink", type, magic: "ustar  \0", size: octal(name.length) });
  return Buffer.concat([longLink, padded(name)]);
}

function withTime(firstByte: number) {
  const entry = file("new", "one");
  entry.attributes[3] = firstByte;
  return entry;
}
