import { type Changeset, entriesByPath, type Manifest, type ManifestEntry } from "../manifest/entry.js";

/**
 * The entries of a changeset whose contents have to travel with it: files that are not empty and whose content
 * is not what the base has at the same path. Both ends compute it, so it need not be sent.
 */
export function newContents(base: Manifest, changeset: Changeset): ManifestEntry[] {
  const known = entriesByPath(base);
  return changeset.upserts.filter((entry) => hasNewContent(known.get(entry.path), entry));
}

export function hasNewContent(before: ManifestEntry | undefined, after: ManifestEntry): boolean {
  return after.kind === "file" && after.sizeBytes > 0 && before?.digest !== after.digest;
}
