import type { BigIntStats } from "node:fs";

/** What tells, without reading a file, that it is the one that was read before. Times alone do not: tools set them back. */
export interface FileIdentity {
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** With the type and the bits that a manifest does not carry. */
  readonly mode: number;
}

export function identityOf(stats: BigIntStats): FileIdentity {
  return {
    inode: stats.ino,
    sizeBytes: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    mode: Number(stats.mode),
  };
}

export function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return (
    a.inode === b.inode &&
    a.ctimeNs === b.ctimeNs &&
    a.mtimeNs === b.mtimeNs &&
    a.sizeBytes === b.sizeBytes &&
    a.mode === b.mode
  );
}

/** Rounded down, and kept where a number is exact (until the year 2255). */
export function microseconds(timeNs: bigint): number {
  const us = Number(timeNs / 1000n) - (timeNs % 1000n < 0n ? 1 : 0);
  return Math.min(Math.max(us, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
