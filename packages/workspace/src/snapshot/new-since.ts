import type { ManifestEntry } from "../manifest/entry.js";
import { listingDigest } from "../manifest/listing.js";
import { joinListings, splitListings } from "../manifest/manifest-codec.js";
import { bodiesOf } from "../transfer/bodies.js";
import { diffIndexes } from "./diff-indexes.js";
import type { Snapshot } from "./snapshot.js";
import { EMPTY_INDEX, isSameTree } from "./stat-index.js";

/** What a receiver lacks that has the snapshot before; to be sent along without being asked for. */
export interface News {
  /** Listings, as an encoded manifest in part. Empty: none, or too much. */
  listings: Uint8Array;
  /** Files whose contents are new. Empty: none, or too much. */
  entries: ManifestEntry[];
}

const NOTHING: News = { listings: new Uint8Array(), entries: [] };

/** What is new in a snapshot since the one before, where each of the two has at most `maxBytes`. */
export function newSince({ before: encoded, index }: Snapshot, maxBytes: number): News {
  const before = { ...EMPTY_INDEX, encoded };
  if (isSameTree(before, index)) return NOTHING;
  // Without a snapshot before, all is new: a large tree need not be looked at.
  if (encoded.length === 0 && index.encoded.length > maxBytes) return NOTHING;
  const known = new Set(encoded.length === 0 ? [] : digestsIn(encoded));
  const fresh = [...splitListings(index.encoded)].filter((bytes) => !known.has(listingDigest(bytes)));
  if (fresh.length === 0) return NOTHING;
  const listings = joinListings(fresh.map((bytes) => ({ bytes })));
  if (listings.length > maxBytes) return NOTHING;
  const { upserts } = diffIndexes(before, index);
  const entries = upserts.filter(({ sizeBytes }) => sizeBytes > 0);
  const { contentBytes } = bodiesOf(entries);
  return { listings, entries: contentBytes > maxBytes ? [] : entries };
}

function* digestsIn(encoded: Uint8Array): Generator<string> {
  for (const bytes of splitListings(encoded)) yield listingDigest(bytes);
}
