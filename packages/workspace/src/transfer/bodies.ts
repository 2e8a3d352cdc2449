import { WorkspaceError } from "../errors.js";
import { EMPTY_DIGEST, type ManifestEntry } from "../manifest/entry.js";

/** One content that travels: the first file that has it, for all of them. */
export interface Body {
  digest: string;
  sizeBytes: number;
  path: string;
}

/** The contents of these entries in the order in which they travel: each once, empty ones not at all. */
export function bodiesOf(entries: readonly ManifestEntry[]): Body[] {
  const bodies = new Map<string, Body>();
  for (const { path, digest, sizeBytes } of entries) {
    if (digest === undefined) continue;
    const known = bodies.get(digest);
    const isPossible =
      (digest === EMPTY_DIGEST) === (sizeBytes === 0) && (known?.sizeBytes ?? sizeBytes) === sizeBytes;
    if (!isPossible)
      throw new WorkspaceError("BAD_MANIFEST", `Two sizes are given for one content.`, { path });
    if (known === undefined && sizeBytes > 0) bodies.set(digest, { digest, sizeBytes, path });
  }
  return [...bodies.values()];
}
