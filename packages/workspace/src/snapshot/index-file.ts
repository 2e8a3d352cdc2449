import { hash, randomUUID } from "node:crypto";
import { lstatSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import type { StatIndex } from "./stat-index.js";

/*
 * Format: the bytes "slI" and 1, the device and inode of the tree's root (two uint64), the length of the encoded
 * manifest (uint32), the manifest, the rows of identities (int64 each, all little-endian), and the SHA-256 of all
 * before it.
 */
const MAGIC = Buffer.from("slI\x01");
const HEADER_BYTES = 24;
const DIGEST_BYTES = 32;

/**
 * Reads what {@link writeIndexFile} wrote. A cache and no more: anything wrong with it, or a tree that is another one
 * now, counts as no index.
 */
export function readIndexFile(file: string, root: string): StatIndex | undefined {
  try {
    if (!lstatSync(file).isFile()) return undefined;
    return decode(readFileSync(file), identityOfRoot(root));
  } catch {
    // Missing or unreadable: the tree is read anew.
    return undefined;
  }
}

/** Replaces the file as a whole, for this user only. A full disk or a read-only one costs the cache and nothing else. */
export function writeIndexFile(file: string, root: string, index: StatIndex): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, encode(index, identityOfRoot(root)), { mode: 0o600, flag: "wx" });
    renameSync(draft, file);
  } catch {
    // Without it the next scan is slower, and nothing is wrong.
    discard(draft);
  }
}

function discard(draft: string): void {
  try {
    unlinkSync(draft);
  } catch {
    // It was not made.
  }
}

function encode({ encoded, identities }: StatIndex, root: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(encoded.length);
  const rows = Buffer.from(identities.buffer, identities.byteOffset, identities.byteLength);
  const body = Buffer.concat([MAGIC, root, length, encoded, rows]);
  return Buffer.concat([body, hash("sha256", body, "buffer")]);
}

function decode(bytes: Buffer, root: Buffer): StatIndex | undefined {
  const body = bytes.subarray(0, -DIGEST_BYTES);
  const isOurs =
    bytes.length >= HEADER_BYTES + DIGEST_BYTES &&
    body.subarray(0, 4).equals(MAGIC) &&
    body.subarray(4, 20).equals(root) &&
    hash("sha256", body, "buffer").equals(bytes.subarray(-DIGEST_BYTES));
  if (!isOurs) return undefined;
  const rowsAt = HEADER_BYTES + body.readUInt32LE(20);
  const rows = body.subarray(rowsAt);
  if (rowsAt > body.length || rows.length % 8 !== 0) return undefined;
  // A copy, since the rows in the file are not aligned.
  const identities = new BigInt64Array(rows.length / 8);
  Buffer.from(identities.buffer).set(rows);
  return { encoded: body.subarray(HEADER_BYTES, rowsAt), identities };
}

function identityOfRoot(root: string): Buffer {
  const { dev, ino } = statSync(root, { bigint: true });
  const identity = Buffer.alloc(16);
  identity.writeBigUInt64LE(dev, 0);
  identity.writeBigUInt64LE(ino, 8);
  return identity;
}
