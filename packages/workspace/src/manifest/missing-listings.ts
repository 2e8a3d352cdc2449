import { DEFAULT_LIMITS } from "../limits.js";
import { decodeListing } from "./listing.js";

/**
 * Which listings below `rootDigest` are needed to put the tree together and are not known yet. What is asked for and
 * then known may name further ones, so a tree that shares nothing takes as many rounds as it is deep.
 * @throws {WorkspaceError} BAD_MANIFEST, BAD_PATH, EXTERNAL_LINK or LIMIT when a known listing is malformed
 */
export function missingListings(
  rootDigest: string,
  known: (digest: string) => Uint8Array | undefined,
): string[] {
  const seen = new Set([rootDigest]);
  const missing: string[] = [];
  const budget = { limits: DEFAULT_LIMITS, entries: 0, pathBytes: 0 };
  for (const digest of seen) {
    const bytes = known(digest);
    if (bytes === undefined) missing.push(digest);
    else for (const below of decodeListing(bytes, "", budget).subdirectories) seen.add(below);
  }
  return missing;
}
