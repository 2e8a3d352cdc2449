import { WorkspaceError } from "../errors.js";
import { type ManifestEntry, someEntries } from "../manifest/entry.js";
import { bodiesOf } from "./bodies.js";

/*
 * Which of the contents of a tree are meant: one bit each, in the order in which they travel, the lowest bit of a
 * byte first. The bits that are left over are 0.
 */

/** @param some - entries of `all` */
export function contentBitmap(all: Iterable<ManifestEntry>, some: Iterable<ManifestEntry>): Uint8Array {
  const bodies = bodiesOf(all);
  const bitmap = new Uint8Array(Math.ceil(bodies.length / 8));
  for (const { digest } of some) {
    const index = bodies.indexOf(digest);
    if (index >= 0) bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bitmap;
}

/** The entries that a bitmap of a peer means. @throws {WorkspaceError} BAD_MANIFEST when it has the wrong length */
export function entriesOfBitmap(all: Iterable<ManifestEntry>, bitmap: Uint8Array): Iterable<ManifestEntry> {
  const bodies = bodiesOf(all);
  if (bitmap.length !== Math.ceil(bodies.length / 8)) {
    throw new WorkspaceError(
      "BAD_MANIFEST",
      `The peer asked for contents of another tree: ${bitmap.length} bytes.`,
    );
  }
  return someEntries(all, ({ digest }) => isSet(bitmap, bodies.indexOf(digest)));
}

function isSet(bitmap: Uint8Array, index: number): boolean {
  return index >= 0 && ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}
