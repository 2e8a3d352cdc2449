import { createHash } from "node:crypto";
import { type Limits, limitsWith } from "../limits.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { checkTree } from "./check-tree.js";
import type { Manifest } from "./entry.js";
import { decodeEntries, encodeEntries } from "./entry-codec.js";

/*
 * Format, version 1: the bytes "slM" and 1, the number of entries (varint), the entries (entry-codec.ts), nothing
 * after. A tree has exactly one encoding, so the SHA-256 of it names the tree.
 */
const MAGIC = 0x736c;
const KIND_AND_VERSION = 0x4d01;

/**
 * Encodes a tree canonically.
 * @throws {WorkspaceError} BAD_MANIFEST, BAD_PATH or EXTERNAL_LINK when it is not a valid tree
 */
export function encodeManifest(manifest: Manifest): Uint8Array {
  checkTree(manifest.entries, "BAD_MANIFEST");
  const writer = new ByteWriter();
  writer.uint16(MAGIC);
  writer.uint16(KIND_AND_VERSION);
  encodeEntries(writer, manifest.entries);
  return writer.finish();
}

/**
 * Decodes what a peer sent. What this returns is a tree: every path valid, in tree order and once, in a directory
 * that comes before it, with modes, sizes and targets in range.
 * @throws {WorkspaceError} BAD_MANIFEST, BAD_PATH, EXTERNAL_LINK or LIMIT
 */
export function decodeManifest(bytes: Uint8Array, limits?: Partial<Limits>): Manifest {
  const reader = new ByteReader(bytes, "BAD_MANIFEST");
  if (reader.uint16() !== MAGIC || reader.uint16() !== KIND_AND_VERSION) {
    throw reader.fault("not the form of a manifest, version 1");
  }
  const entries = decodeEntries(reader, limitsWith(limits));
  reader.end();
  checkTree(entries, "BAD_MANIFEST");
  return { entries };
}

/** SHA-256 of an encoded manifest in hex: the root digest of the tree. */
export function manifestDigest(encoded: Uint8Array): string {
  return createHash("sha256").update(encoded).digest("hex");
}
