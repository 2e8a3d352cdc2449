/*
 * What travels, and nothing else is accepted:
 *
 * 1. A POSIX ustar archive of regular files only. Each is one content, named by its SHA-256 in hex, in the order in
 *    which the manifest first needs it. Names, kinds, modes, times and links travel in the manifest.
 * 2. A content of 8 GiB or more, whose size the header cannot hold, has a PAX extended header before it with the
 *    keys "path" and "size", in this order, and in its own header the name "PaxHeader" and the size 0. No other
 *    content has one.
 * 3. Two blocks of zeros end it; nothing follows.
 *
 * Not guaranteed: that unpacking it by hand gives a tree. It gives contents.
 *
 * Format: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format",
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
 */
export const BLOCK_BYTES = 512;
export const END_BLOCKS = 2;
/** The first size that eleven octal digits cannot hold. */
export const PAX_SIZE_FROM = 8 ** 11;

/** The name of headers that go with a PAX header: what they would say is in its records. */
export const PAX_NAME = "PaxHeader";

export interface TransferSummary {
  /** Bytes of the archive. */
  bytes: number;
  /** Contents in it. */
  entries: number;
  /**
   * SHA-256 in hex of the archive with each content replaced by its own SHA-256 (32 bytes): each content is checked
   * against that anyway, and hashing large ones twice takes longer than sending them.
   */
  sha256: string;
}
