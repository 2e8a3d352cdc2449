import { WorkspaceError } from "../errors.js";
import type { ManifestEntry } from "../manifest/entry.js";
import { type Body, bodiesOf } from "./bodies.js";

/*
 * Which of the contents of a tree are meant: one bit each, in the order in which they travel, the lowest bit of a
 * byte first. The bits that are left over are 0.
 */

/** @param some - entries of `all` */
export function contentBitmap(all: readonly ManifestEntry[], some: readonly ManifestEntry[]): Uint8Array {
  const wanted = new Set(some.map(({ digest }) => digest));
  const bodies = bodiesOf(all);
  const bitmap = new Uint8Array(Math.ceil(bodies.length / 8));
  for (const [index, { digest }] of bodies.entries()) {
    if (wanted.has(digest)) bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bitmap;
}

/** The entries that a bitmap of a peer means. @throws {WorkspaceError} BAD_MANIFEST when it has the wrong length */
export function entriesOfBitmap(all: readonly ManifestEntry[], bitmap: Uint8Array): ManifestEntry[] {
  const bodies = bodiesOf(all);
  if (bitmap.length !== Math.ceil(bodies.length / 8)) {
    throw new WorkspaceError(
      "BAD_MANIFEST",
      `The peer asked for contents of another tree: ${bitmap.length} bytes.`,
    );
  }
  const wanted = new Set(bodies.filter((_, index) => isSet(bitmap, index)).map(({ digest }: Body) => digest));
  return all.filter(({ digest }) => digest !== undefined && wanted.has(digest));
}

function isSet(bitmap: Uint8Array, index: number): boolean {
  return ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}
