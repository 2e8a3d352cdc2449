import { WorkspaceError } from "./errors.js";

/** What a peer may announce. Checked before anything is allocated for it. */
export interface Limits {
  /** Sum of the sizes of all files whose contents come, also of those that share one. Default 1 TiB. */
  contentBytes: number;
  /** Entries of a manifest, or upserts and deletions of a changeset. Default 2,000,000. */
  entries: number;
  /** Sum of the lengths of all paths, in bytes of UTF-8. Default 256 MiB. */
  pathBytes: number;
  /** Components of one path. Default 256, which is also the most that is possible. */
  depth: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  contentBytes: 2 ** 40,
  entries: 2_000_000,
  pathBytes: 256 * 2 ** 20,
  depth: 256,
};

export function limitsWith(given: Partial<Limits> | undefined): Limits {
  return { ...DEFAULT_LIMITS, ...given };
}

export function checkLimit(what: string, value: number, limit: number): void {
  if (value <= limit) return;
  throw new WorkspaceError("LIMIT", `The peer announced ${value} ${what}; the limit is ${limit}.`);
}
