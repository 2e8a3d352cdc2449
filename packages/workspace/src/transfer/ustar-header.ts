import { quote } from "../errors.js";
import { BLOCK_BYTES } from "./profile.js";

export interface UstarHeader {
  type: "file" | "pax";
  name: string;
  sizeBytes: number;
}

const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** A header of a regular file of mode 0600 from 1970, without name, size and checksum. */
const TEMPLATE = Buffer.alloc(BLOCK_BYTES);
for (const [at, text] of [
  [100, "000600 "],
  [108, "000000 "],
  [116, "000000 "],
  [124, "00000000000 "],
  [136, "00000000000 "],
  [148, "        "],
  [156, "0"],
  [257, "ustar\x0000"],
  [329, "000000 "],
  [337, "000000 "],
] as const) {
  TEMPLATE.write(text, at, "latin1");
}
/** With the checksum field as blanks. */
const TEMPLATE_SUM = sumOf(TEMPLATE);

/** Writes the header of an entry at the start of `block`. The name is ASCII, the size fits eleven octal digits. */
export function writeHeader(block: Buffer, { type, name, sizeBytes }: UstarHeader): void {
  block.set(TEMPLATE);
  const size = sizeBytes.toString(8).padStart(11, "0");
  block.write(name, 0, "latin1");
  block.write(size, 124, "latin1");
  if (type === "pax") block.write("x", 156, "latin1");
  const sum = TEMPLATE_SUM + sumOfText(name) + sumOfText(size) - 11 * ZERO + (type === "pax" ? X - ZERO : 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

const ZERO = 0x30;
const X = 0x78;

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

function sumOfText(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index++) sum += text.charCodeAt(index);
  return sum;
}

const TYPE_NAMES: Record<string, string> = {
  "\0": "an old-style file",
  "1": "a hard link",
  "2": "a symlink",
  "3": "a character device",
  "4": "a block device",
  "5": "a directory",
  "6": "a FIFO",
  "7": "a contiguous file",
  g: "a global PAX header",
  K: "a GNU long link name",
  L: "a GNU long name",
  S: "a GNU sparse file",
  V: "a GNU volume label",
};

/** Reads a header block strictly by the profile. Returns what is wrong with it as text. */
export function parseHeader(block: Buffer): UstarHeader | string {
  if (block.length !== BLOCK_BYTES) return "a header of the wrong length";
  if (readOctal(block, 148, 8) !== checksum(block)) return "a header with a bad checksum";
  if (block.toString("latin1", 257, 265) !== "ustar\x0000") return "a header that is not POSIX ustar";
  const typeflag = block.toString("latin1", 156, 157);
  if (typeflag !== "0" && typeflag !== "x")
    return TYPE_NAMES[typeflag] ?? `an entry of type ${quote(typeflag)}`;
  const name = readText(block, 0, 100);
  const sizeBytes = readOctal(block, 124, 12);
  if (sizeBytes === undefined) return "a size that is not octal";
  if (name === undefined) return "a malformed name";
  return strayField(block) ?? { type: typeflag === "0" ? "file" : "pax", name, sizeBytes };
}

/** Fields that other archives use and this profile leaves empty or plain. */
function strayField(block: Buffer): string | undefined {
  for (const [field, at, length] of [
    ["mode", 100, 8],
    ["uid", 108, 8],
    ["gid", 116, 8],
    ["mtime", 136, 12],
    ["devmajor", 329, 8],
    ["devminor", 337, 8],
  ] as const) {
    if (readOctal(block, at, length) === undefined) return `a ${field} that is not octal`;
  }
  for (const [field, from, to] of [
    ["link name", 157, 257],
    ["user or group name", 265, 329],
    ["name prefix or padding", 345, 512],
  ] as const) {
    if (!ZEROS.subarray(from, to).equals(block.subarray(from, to))) return `a ${field}`;
  }
  return undefined;
}

/** Octal digits that fill the field but for its end, one or two spaces or NULs; base 256 is not among them. */
function readOctal(block: Buffer, at: number, length: number): number | undefined {
  const match = /^([0-7]+)[ \0]{1,2}$/.exec(block.toString("latin1", at, at + length));
  return match?.[1] === undefined ? undefined : Number.parseInt(match[1], 8);
}

function readText(block: Buffer, at: number, length: number): string | undefined {
  const field = block.subarray(at, at + length);
  const nul = field.indexOf(0);
  const end = nul === -1 ? length : nul;
  const isPadded = ZEROS.subarray(end, length).equals(field.subarray(end));
  return isPadded && end > 0 ? field.toString("latin1", 0, end) : undefined;
}

function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < BLOCK_BYTES; index++) {
    if (index < 148 || index >= 156) sum += block[index] ?? 0;
  }
  return sum;
}
