import { quote, WorkspaceError } from "../errors.js";
import { checkLimit, type Limits, limitsWith } from "../limits.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { checkNothingBelowLeaves, checkOrder } from "./check-tree.js";
import type { Changeset } from "./entry.js";
import { decodeEntries, decodePaths, encodeEntries, encodePaths } from "./entry-codec.js";
import { topmostAbove } from "./path-rules.js";

/*
 * Format, version 1: the bytes "slC" and 1, the upserts as in a manifest, the number of deletions (varint) and
 * their front-coded paths, nothing after. One changeset has exactly one encoding.
 */
const MAGIC = 0x736c;
const KIND_AND_VERSION = 0x4301;

/** Encodes a changeset canonically. @throws {WorkspaceError} BAD_CHANGESET when it contradicts itself */
export function encodeChangeset(changeset: Changeset): Uint8Array {
  checkChangeset(changeset);
  const writer = new ByteWriter();
  writer.uint16(MAGIC);
  writer.uint16(KIND_AND_VERSION);
  encodeEntries(writer, changeset.upserts);
  encodePaths(writer, changeset.deletions);
  return writer.finish();
}

/**
 * Decodes what a peer sent. Whether it fits a tree is decided where that tree is known: `patchManifest`.
 * @throws {WorkspaceError} BAD_CHANGESET, BAD_MANIFEST, BAD_PATH, EXTERNAL_LINK or LIMIT
 */
export function decodeChangeset(bytes: Uint8Array, limits?: Partial<Limits>): Changeset {
  const all = limitsWith(limits);
  const reader = new ByteReader(bytes, "BAD_CHANGESET");
  if (reader.uint16() !== MAGIC || reader.uint16() !== KIND_AND_VERSION) {
    throw reader.fault("not the form of a changeset, version 1");
  }
  const upserts = decodeEntries(reader, all);
  const deletions = decodePaths(reader, all);
  reader.end();
  checkLimit("entries", upserts.length + deletions.length, all.entries);
  checkChangeset({ upserts, deletions });
  return { upserts, deletions };
}

function checkChangeset({ upserts, deletions }: Changeset): void {
  checkOrder(
    upserts.map((entry) => entry.path),
    "BAD_CHANGESET",
  );
  checkOrder(deletions, "BAD_CHANGESET");
  checkNothingBelowLeaves(upserts, "BAD_CHANGESET");
  const deleted = new Set(deletions);
  const deletedAbove = topmostAbove((directory) => deleted.has(directory));
  for (const { path } of upserts) {
    if (!deleted.has(path) && deletedAbove(path) === undefined) continue;
    throw new WorkspaceError("BAD_CHANGESET", `The path ${quote(path)} is both changed and deleted.`, {
      path,
    });
  }
}
