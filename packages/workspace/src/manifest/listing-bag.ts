import { type Limits, limitsWith } from "../limits.js";
import { IndexedManifest } from "../snapshot/indexed-manifest.js";
import type { Manifest } from "./entry.js";
import { listingDigest } from "./listing.js";
import { assembleEncoded, joinListings, splitListings } from "./manifest-codec.js";
import { missingListings } from "./missing-listings.js";

/** Listings of directories by their digests, of one tree or of several, from which a tree can be put together. */
export class ListingBag {
  readonly #listings = new Map<string, Uint8Array>();

  /**
   * Adds the listings in an encoded manifest, which need not be a whole one.
   * @throws {WorkspaceError} BAD_MANIFEST
   */
  add(encoded: Uint8Array): void {
    if (encoded.length === 0) return;
    for (const bytes of splitListings(encoded)) this.#listings.set(listingDigest(bytes), bytes);
  }

  /** What is missing for the tree of this digest, as far as it is known; see {@link missingListings}. */
  missing(rootDigest: string): string[] {
    return missingListings(rootDigest, (digest) => this.#listings.get(digest));
  }

  /** These listings as an encoded manifest in part; those that it does not have are left out. */
  pick(digests: readonly string[]): Uint8Array {
    const found = digests.flatMap((digest) => this.#listings.get(digest) ?? []);
    return joinListings(found.map((bytes) => ({ bytes })));
  }

  /** @throws {WorkspaceError} BAD_MANIFEST when something is missing, BAD_PATH, EXTERNAL_LINK or LIMIT */
  assemble(rootDigest: string, limits?: Partial<Limits>): Manifest {
    const listingOf = (digest?: string) => this.#listings.get(digest ?? rootDigest);
    return IndexedManifest.ofEncoded(assembleEncoded(listingOf, limitsWith(limits), rootDigest));
  }
}
