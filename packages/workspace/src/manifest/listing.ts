import { hash } from "node:crypto";
import { WorkspaceError } from "../errors.js";
import { checkLimit, type Limits } from "../limits.js";
import { decodeAttributes, encodeAttributes, readAttributes } from "./attribute-codec.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import type { ManifestEntry } from "./entry.js";
import { readCount } from "./entry-codec.js";
import {
  checkPathIn,
  comparePaths,
  nameOf,
  pathIn,
  type ValidDirectory,
  validDirectory,
} from "./path-rules.js";

/*
 * A listing is one directory of a manifest: the number of entries (varint), the number of directories among them
 * (varint), and the entries in tree order, each its name (text) and attributes (attribute-codec.ts); a directory has
 * the SHA-256 of its own listing after them. A directory has exactly one listing, so the SHA-256 of a listing names
 * everything below it: the tree is a Merkle tree, and equal digests are equal subtrees.
 */

/** The bytes of a listing, and their SHA-256 in hex. */
export interface Listing {
  bytes: Uint8Array;
  digest: string;
}

/** What stands in a directory; for each directory in it, in order, the digest of its listing. */
export interface ListedDirectory {
  /** With full paths. */
  entries: ManifestEntry[];
  subdirectories: string[];
}

const MAX_NAME_BYTES = 255;
/** A name of one byte with its length, a kind and a mode. */
const MIN_ENTRY_BYTES = 5;

/** Counts what many listings together hold, and refuses more than the limits. */
export interface ListingBudget {
  limits: Limits;
  entries: number;
  pathBytes: number;
}

const writer = new ByteWriter();

/** Encodes a directory whose entries are valid and in tree order. */
export function encodeListing({ entries, subdirectories }: ListedDirectory): Listing {
  writer.take();
  writer.varint(entries.length);
  writer.varint(subdirectories.length);
  let next = 0;
  for (const entry of entries) {
    writer.text(nameOf(entry.path));
    encodeAttributes(writer, entry);
    if (entry.kind === "directory") writer.hex(subdirectories[next++] ?? "");
  }
  const bytes = writer.take();
  return { bytes, digest: listingDigest(bytes) };
}

export function listingDigest(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex");
}

/** How many entries a listing says it has, and how many of them are directories, without looking further. */
export function listingCounts(bytes: Uint8Array): { entries: number; directories: number } {
  const reader = new ByteReader(bytes, "BAD_MANIFEST");
  return { entries: reader.varint(), directories: reader.varint() };
}

/**
 * Decodes the listing of `directory`, which may come from a peer.
 * @throws {WorkspaceError} BAD_MANIFEST, BAD_PATH, EXTERNAL_LINK or LIMIT
 */
export function decodeListing(bytes: Uint8Array, directory: string, budget: ListingBudget): ListedDirectory {
  const reader = new ByteReader(bytes, "BAD_MANIFEST");
  const count = readCount(reader, budget.limits, MIN_ENTRY_BYTES);
  const directories = reader.varint();
  const above = validDirectory(directory);
  const entries: ManifestEntry[] = [];
  const subdirectories: string[] = [];
  for (let previous = ""; entries.length < count; ) {
    const name = reader.text(MAX_NAME_BYTES);
    checkName(name, previous, above);
    previous = name;
    const entry = decodeAttributes(reader, pathIn(above, name));
    if (entry.kind === "directory") subdirectories.push(reader.hex(32));
    entries.push(entry);
  }
  reader.end();
  if (subdirectories.length !== directories) throw reader.fault("a wrong number of directories");
  charge(budget, entries);
  return { entries, subdirectories };
}

/** Decodes a listing of our own, which was valid when it was encoded. */
export function readListing(bytes: Uint8Array, directory: string): ListedDirectory {
  const reader = new ByteReader(bytes, "BAD_MANIFEST");
  const count = reader.varint();
  reader.varint();
  const prefix = directory === "" ? "" : `${directory}/`;
  const entries: ManifestEntry[] = [];
  const subdirectories: string[] = [];
  while (entries.length < count) {
    const entry = readAttributes(reader, prefix + reader.text(MAX_NAME_BYTES));
    if (entry.kind === "directory") subdirectories.push(reader.hex(32));
    entries.push(entry);
  }
  return { entries, subdirectories };
}

function checkName(name: string, previous: string, directory: ValidDirectory): void {
  const path = pathIn(directory, name);
  if (name.includes("/"))
    throw new WorkspaceError("BAD_PATH", "A name in a directory has a slash in it.", { path });
  checkPathIn(directory, name);
  if (previous === "" || comparePaths(previous, name) < 0) return;
  throw new WorkspaceError("BAD_MANIFEST", "The names in a directory are not in tree order.", { path });
}

function charge(budget: ListingBudget, entries: readonly ManifestEntry[]): void {
  const { limits } = budget;
  budget.entries += entries.length;
  for (const { path } of entries) budget.pathBytes += Buffer.byteLength(path);
  const depth = entries[0]?.path.split("/").length ?? 0;
  checkLimit("entries", budget.entries, limits.entries);
  checkLimit("bytes of paths", budget.pathBytes, limits.pathBytes);
  checkLimit("levels of directories", depth, limits.depth);
}
