import { createHash } from "node:crypto";
import type { ManifestEntry } from "../manifest/entry.js";

/** Fields of a header as bytes, written where POSIX puts them; the checksum is right unless it is given. */
export interface RawHeader {
  name?: string;
  mode?: string;
  uid?: string;
  size?: string;
  mtime?: string;
  checksum?: string;
  type?: string;
  link?: string;
  magic?: string;
  user?: string;
  devmajor?: string;
  prefix?: string;
  tail?: string;
}

const FIELDS: [keyof RawHeader, number][] = [
  ["name", 0],
  ["mode", 100],
  ["uid", 108],
  ["size", 124],
  ["mtime", 136],
  ["type", 156],
  ["link", 157],
  ["magic", 257],
  ["user", 265],
  ["devmajor", 329],
  ["prefix", 345],
  ["tail", 500],
];

/** A header block; what is not given is as `packContents` writes it. Characters are bytes (latin1). */
export function header(fields: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  const defaults = {
    mode: "000600 ",
    uid: "000000 ",
    size: octal(0),
    mtime: octal(0),
    type: "0",
    magic: "ustar\x0000",
  };
  const all: RawHeader = { ...defaults, devmajor: "000000 ", ...fields };
  block.write("000000 ", 116, "latin1");
  block.write("000000 ", 337, "latin1");
  for (const [field, at] of FIELDS) block.write(all[field] ?? "", at, "latin1");
  block.write(fields.checksum ?? `${sumOf(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function sumOf(block: Buffer): number {
  return block.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}

export function octal(size: number): string {
  return `${size.toString(8).padStart(11, "0")} `;
}

/** Bytes filled up with zeros to whole blocks. */
export function padded(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

export function pax(...records: string[]): Buffer {
  const body = records.join("");
  return Buffer.concat([header({ name: "PaxHeader", type: "x", size: octal(body.length) }), padded(body)]);
}

export function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

export const END = Buffer.alloc(1024);

/** An entry with other fields in its header than {@link body} gives it. */
export function bodyWith(content: string, fields: RawHeader): Buffer {
  const fine = { name: digestOf(content), size: octal(content.length) };
  return Buffer.concat([header({ ...fine, ...fields }), padded(content)]);
}

export function digestOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** An entry as it should be. */
export function body(content: string | Buffer): Buffer {
  const size = octal(Buffer.byteLength(content));
  return Buffer.concat([header({ name: digestOf(content), size }), padded(content)]);
}

export function fileOf(path: string, content: string | Buffer): ManifestEntry {
  const sizeBytes = Buffer.byteLength(content);
  return { path, kind: "file", mode: 0o644, mtimeUs: 0, sizeBytes, digest: digestOf(content) };
}
