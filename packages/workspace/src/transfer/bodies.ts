import { WorkspaceError } from "../errors.js";
import { EMPTY_DIGEST, type ManifestEntry } from "../manifest/entry.js";

/** One content that travels: the first file that has it, for all of them. */
export interface Body {
  digest: string;
  sizeBytes: number;
  path: string;
  /** Of that file. */
  mode: number;
  mtimeUs: number;
}

const known = new WeakMap<readonly ManifestEntry[], readonly Body[]>();

/**
 * The contents of these entries in the order in which they travel: each once, empty ones not at all. Kept with the
 * list, which must not change any more.
 * @throws {WorkspaceError} BAD_MANIFEST when one content is given two sizes
 */
export function bodiesOf(entries: readonly ManifestEntry[]): readonly Body[] {
  const bodies = known.get(entries) ?? distinctContents(entries);
  known.set(entries, bodies);
  return bodies;
}

function distinctContents(entries: readonly ManifestEntry[]): Body[] {
  const bodies = new Map<string, Body>();
  for (const { path, digest, sizeBytes, mode, mtimeUs } of entries) {
    if (digest === undefined) continue;
    const first = bodies.get(digest);
    const isPossible =
      (digest === EMPTY_DIGEST) === (sizeBytes === 0) && (first?.sizeBytes ?? sizeBytes) === sizeBytes;
    if (!isPossible)
      throw new WorkspaceError("BAD_MANIFEST", `Two sizes are given for one content.`, { path });
    if (first === undefined && sizeBytes > 0) bodies.set(digest, { digest, sizeBytes, path, mode, mtimeUs });
  }
  return [...bodies.values()];
}
