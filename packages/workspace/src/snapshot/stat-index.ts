import type { BigIntStats } from "node:fs";
import { listingCounts } from "../manifest/listing.js";
import { splitListings } from "../manifest/manifest-codec.js";
import type { FileIdentity } from "./file-identity.js";

/** Numbers that a row holds: inode, mtime and ctime in nanoseconds, mode. */
export const ROW = 4;

/**
 * A tree as it was read, and how to recognise without reading what has not changed since. The rows of
 * `identities` follow the entries of the listings in `encoded`, listing by listing; a row whose inode is 0 vouches
 * for nothing. Flat arrays, as it passes between threads and lies on the disk.
 */
export interface StatIndex {
  /** The manifest, by encodeManifest. */
  readonly encoded: Uint8Array;
  readonly identities: BigInt64Array;
}

/** What passes between threads by being handed over. */
export function buffersOf({ encoded, identities }: StatIndex): ArrayBuffer[] {
  return [encoded.buffer as ArrayBuffer, identities.buffer as ArrayBuffer];
}

export const EMPTY_INDEX: StatIndex = { encoded: new Uint8Array(), identities: new BigInt64Array() };

export function writeRow(rows: BigInt64Array, row: number, identity: FileIdentity): void {
  const at = row * ROW;
  rows[at] = BigInt.asIntN(64, identity.inode);
  rows[at + 1] = identity.mtimeNs;
  rows[at + 2] = identity.ctimeNs;
  rows[at + 3] = BigInt(identity.mode);
}

/** @param sizeBytes - of the entry that the row belongs to */
export function readRow(rows: BigInt64Array, row: number, sizeBytes: number): FileIdentity | undefined {
  const at = row * ROW;
  const inode = BigInt.asUintN(64, rows[at] ?? 0n);
  if (inode === 0n) return undefined;
  return {
    inode,
    sizeBytes,
    mtimeNs: rows[at + 1] ?? 0n,
    ctimeNs: rows[at + 2] ?? 0n,
    mode: Number(rows[at + 3]),
  };
}

export function copyRow(from: BigInt64Array, row: number, to: BigInt64Array, toRow: number): void {
  for (let column = 0; column < ROW; column++) to[toRow * ROW + column] = from[row * ROW + column] ?? 0n;
}

/** Whether a file of `sizeBytes`, as `lstat` has it, is the one that the row is of. */
export function matchesRow(rows: BigInt64Array, row: number, sizeBytes: number, stats: BigIntStats): boolean {
  const at = row * ROW;
  return (
    rows[at] !== 0n &&
    rows[at] === BigInt.asIntN(64, stats.ino) &&
    rows[at + 2] === stats.ctimeNs &&
    rows[at + 1] === stats.mtimeNs &&
    rows[at + 3] === stats.mode &&
    sizeBytes === Number(stats.size)
  );
}

/** The newest change time, in nanoseconds. */
export function newestChange(rows: BigInt64Array): bigint {
  let newest = 0n;
  for (let at = 0; at < rows.length; at += ROW) {
    const changeNs = rows[at + 2] ?? 0n;
    if (changeNs > newest) newest = changeNs;
  }
  return newest;
}

/** Vouches no more for what changed at this time or later. */
export function forgetSince(rows: BigInt64Array, timeNs: bigint): void {
  for (let at = 0; at < rows.length; at += ROW) if ((rows[at + 2] ?? 0n) >= timeNs) rows[at] = 0n;
}

export function isSameTree(a: StatIndex, b: StatIndex): boolean {
  return a.encoded === b.encoded || Buffer.compare(a.encoded, b.encoded) === 0;
}

/** Where each directory's listing and rows are, and where its subtree ends, found without decoding names. */
export class IndexLayout {
  readonly listings: Uint8Array[] = [];
  /** The first row of each listing. */
  readonly firstRows: number[] = [];
  /** The listing after the last one below each. */
  readonly ends: number[] = [];
  /** How many rows there are. */
  rows = 0;

  /** @throws {WorkspaceError} BAD_MANIFEST */
  constructor(encoded: Uint8Array) {
    if (encoded.length === 0) return;
    const open: { listing: number; left: number }[] = [];
    for (const bytes of splitListings(encoded)) {
      const { entries, directories } = listingCounts(bytes);
      open.push({ listing: this.listings.push(bytes) - 1, left: directories });
      this.firstRows.push(this.rows);
      this.rows += entries;
      this.#close(open);
    }
  }

  /** Notes the end of every subtree that is complete. */
  #close(open: { listing: number; left: number }[]): void {
    for (let last = open.at(-1); last !== undefined && last.left === 0; last = open.at(-1)) {
      open.pop();
      this.ends[last.listing] = this.listings.length;
      const above = open.at(-1);
      if (above !== undefined) above.left--;
    }
  }
}
