import { WorkspaceError } from "../errors.js";
import { type Limits, limitsWith } from "../limits.js";
import { checkAttributes } from "./attribute-codec.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { checkTree } from "./check-tree.js";
import type { Manifest, ManifestEntry } from "./entry.js";
import { decodeListing, encodeListing, type Listing, type ListingBudget, listingDigest } from "./listing.js";
import { checkPath, parentOf } from "./path-rules.js";

/*
 * Format, version 2: the bytes "slM" and 2, then the listing of each directory (listing.ts) with its length (varint)
 * before it, a directory before those in it; nothing after. A tree has exactly one encoding, and the digest of the
 * first listing names the tree.
 */
const MAGIC = 0x736c;
const KIND_AND_VERSION = 0x4d02;

/**
 * Encodes a tree canonically.
 * @throws {WorkspaceError} BAD_MANIFEST, BAD_PATH or EXTERNAL_LINK when it is not a valid tree
 */
export function encodeManifest(manifest: Manifest): Uint8Array {
  checkTree(manifest.entries, "BAD_MANIFEST");
  for (const entry of manifest.entries) {
    checkPath(entry.path);
    checkAttributes(entry);
  }
  return joinListings(listingsOf(manifest));
}

/** A listing with the entries that it holds. */
export interface DirectoryListing extends Listing {
  entries: readonly ManifestEntry[];
}

/** The listing of each directory of a valid tree, a directory before those in it. */
export function listingsOf({ entries }: Manifest): DirectoryListing[] {
  const listings: DirectoryListing[] = [];
  let at = 0;
  const visit = (directory: string): Listing => {
    const slot = listings.push({ bytes: new Uint8Array(), digest: "", entries: [] }) - 1;
    const children: ManifestEntry[] = [];
    const subdirectories: string[] = [];
    for (
      let entry = entries[at];
      entry !== undefined && parentOf(entry.path) === directory;
      entry = entries[at]
    ) {
      children.push(entry);
      at++;
      if (entry.kind === "directory") subdirectories.push(visit(entry.path).digest);
    }
    const listing = encodeListing({ entries: children, subdirectories });
    listings[slot] = { ...listing, entries: children };
    return listing;
  };
  visit("");
  return listings;
}

/** The encoding of a tree from the listings of its directories, a directory before those in it. */
export function joinListings(listings: readonly { bytes: Uint8Array }[]): Uint8Array {
  const lengths = new ByteWriter();
  lengths.uint16(MAGIC);
  lengths.uint16(KIND_AND_VERSION);
  const parts: Uint8Array[] = [lengths.take()];
  for (const { bytes } of listings) {
    lengths.varint(bytes.length);
    parts.push(lengths.take(), bytes);
  }
  return Buffer.concat(parts);
}

/** The listings in an encoded tree, as views, whether or not they belong together. @throws {WorkspaceError} BAD_MANIFEST */
export function* splitListings(encoded: Uint8Array): Generator<Uint8Array> {
  const reader = new ByteReader(encoded, "BAD_MANIFEST");
  if (reader.uint16() !== MAGIC || reader.uint16() !== KIND_AND_VERSION) {
    throw reader.fault("not the form of a manifest, version 2");
  }
  while (reader.remaining > 0) yield reader.bytes(reader.varint());
}

/**
 * Decodes what a peer sent. What this returns is a tree: every path valid, in tree order and once, in a directory
 * that comes before it, with modes, sizes and targets in range.
 * @throws {WorkspaceError} BAD_MANIFEST, BAD_PATH, EXTERNAL_LINK or LIMIT
 */
export function decodeManifest(bytes: Uint8Array, limits?: Partial<Limits>): Manifest {
  const listings = splitListings(bytes);
  const manifest = assembleManifest(() => listings.next().value, limits);
  if (!listings.next().done) throw damaged("listings after its end");
  return manifest;
}

/** Gives the listing of this digest; `undefined` asks for the first one, whatever it is. */
type ListingOf = (digest: string | undefined) => Uint8Array | undefined;

/**
 * Puts a tree together from its listings, which are asked for by digest, a directory before those in it.
 * @throws {WorkspaceError} BAD_MANIFEST when a listing is missing or not what its digest says, BAD_PATH, EXTERNAL_LINK
 * or LIMIT
 */
export function assembleManifest(
  listingOf: ListingOf,
  limits?: Partial<Limits>,
  rootDigest?: string,
): Manifest {
  const entries: ManifestEntry[] = [];
  visitTree(listingOf, { onEntry: (entry) => entries.push(entry), limits, rootDigest });
  return { entries };
}

/** As {@link assembleManifest}, with the same checks, but keeps the tree encoded. */
export function assembleEncoded(
  listingOf: ListingOf,
  limits: Partial<Limits>,
  rootDigest: string,
): Uint8Array {
  const listings: { bytes: Uint8Array }[] = [];
  visitTree(listingOf, { onListing: (bytes) => listings.push({ bytes }), limits, rootDigest });
  return joinListings(listings);
}

interface TreeVisit {
  onListing?: (bytes: Uint8Array) => void;
  onEntry?: (entry: ManifestEntry) => void;
  limits: Partial<Limits> | undefined;
  rootDigest: string | undefined;
}

function visitTree(listingOf: ListingOf, { onListing, onEntry, limits, rootDigest }: TreeVisit): void {
  const budget: ListingBudget = { limits: limitsWith(limits), entries: 0, pathBytes: 0 };
  const visit = (directory: string, digest: string | undefined) => {
    const bytes = listingOf(digest);
    if (bytes === undefined) throw damaged("been cut off");
    if (digest !== undefined && listingDigest(bytes) !== digest)
      throw damaged("a listing that is not what its digest says");
    const listed = decodeListing(bytes, directory, budget);
    onListing?.(bytes);
    let next = 0;
    for (const entry of listed.entries) {
      onEntry?.(entry);
      if (entry.kind === "directory") visit(entry.path, listed.subdirectories[next++]);
    }
  };
  visit("", rootDigest);
}

/** The digest in hex that names the tree: of the first listing. @throws {WorkspaceError} BAD_MANIFEST */
export function manifestDigest(encoded: Uint8Array): string {
  const first = splitListings(encoded).next().value;
  if (first === undefined) throw damaged("no listing");
  return listingDigest(first);
}

function damaged(what: string): WorkspaceError {
  return new WorkspaceError("BAD_MANIFEST", `The received list has ${what}.`);
}
