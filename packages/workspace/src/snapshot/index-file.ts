import { createHash } from "node:crypto";
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
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
    const descriptor = openSync(file, "r");
    try {
      return readParts(descriptor, identityOfRoot(root));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Missing or unreadable: the tree is read anew.
    return undefined;
  }
}

/**
 * Replaces the file as a whole, for this user only. A full disk or a read-only one costs the cache and nothing else. Of
 * two at once, one is kept, or none.
 */
export function writeIndexFile(file: string, root: string, index: StatIndex): void {
  removeIndexDraft(file);
  try {
    writeParts(draftOf(file), partsOf(index, identityOfRoot(root)));
    renameSync(draftOf(file), file);
  } catch {
    // Without it the next scan is slower, and nothing is wrong.
    removeIndexDraft(file);
  }
}

/** What a process left that was killed while it wrote the file. */
export function removeIndexDraft(file: string): void {
  try {
    unlinkSync(draftOf(file));
  } catch {
    // There is none.
  }
}

/** One name for all, so that drafts do not pile up. */
function draftOf(file: string): string {
  return `${file}.new`;
}

function partsOf({ encoded, identities }: StatIndex, root: Buffer): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(encoded.length);
  const rows = Buffer.from(identities.buffer, identities.byteOffset, identities.byteLength);
  return [MAGIC, root, length, encoded, rows];
}

/** Each by itself, and their digest: as one they would take the memory of another index. */
function writeParts(file: string, parts: readonly Uint8Array[]): void {
  const sha256 = createHash("sha256");
  const descriptor = openSync(file, "wx", 0o600);
  try {
    for (const part of parts) {
      sha256.update(part);
      writeFileSync(descriptor, part);
    }
    writeFileSync(descriptor, sha256.digest());
  } finally {
    closeSync(descriptor);
  }
}

/** Reads each part to where it stays: as one they would be there twice. */
function readParts(descriptor: number, root: Buffer): StatIndex | undefined {
  const sha256 = createHash("sha256");
  const read = <T extends NodeJS.ArrayBufferView>(part: T): T => {
    if (readSync(descriptor, part) !== part.byteLength) throw new Error("It was cut off.");
    sha256.update(part);
    return part;
  };
  const header = read(Buffer.alloc(HEADER_BYTES));
  const isOurs = header.subarray(0, 4).equals(MAGIC) && header.subarray(4, 20).equals(root);
  const encodedBytes = header.readUInt32LE(20);
  const rowBytes = fstatSync(descriptor).size - HEADER_BYTES - encodedBytes - DIGEST_BYTES;
  if (!isOurs || rowBytes < 0 || rowBytes % 8 !== 0) return undefined;
  const encoded = read(Buffer.allocUnsafeSlow(encodedBytes));
  const identities = read(new BigInt64Array(rowBytes / 8));
  const expected = sha256.digest();
  const digest = Buffer.alloc(DIGEST_BYTES);
  readSync(descriptor, digest);
  return digest.equals(expected) ? { encoded, identities } : undefined;
}

function identityOfRoot(root: string): Buffer {
  const { dev, ino } = statSync(root, { bigint: true });
  const identity = Buffer.alloc(16);
  identity.writeBigUInt64LE(dev, 0);
  identity.writeBigUInt64LE(ino, 8);
  return identity;
}
