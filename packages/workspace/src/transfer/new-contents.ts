import { type Changeset, indexByPath, type Manifest, type ManifestEntry } from "../manifest/entry.js";

/**
 * The entries of a changeset whose contents have to travel with it: files that are not empty and whose content
 * is not what the base has at the same path. Both ends compute it, so it need not be sent.
 */
export function newContents(base: Manifest, changeset: Changeset): ManifestEntry[] {
  const known = indexByPath(base.entries);
  return changeset.upserts.filter(
    ({ kind, path, digest, sizeBytes }) =>
      kind === "file" && sizeBytes > 0 && known.get(path)?.digest !== digest,
  );
}
