import type { Manifest } from "../manifest/entry.js";
import type { FileIdentity } from "./file-identity.js";

/** A tree as it was at one time, and what is needed to find later what changed without reading all of it. */
export interface Snapshot {
  /** The directory itself, absolute. */
  readonly root: string;
  readonly manifest: Manifest;
  /** Paths of sockets, FIFOs and devices, which are not carried. */
  readonly skipped: readonly string[];
  /**
   * Identities of the files that need not be read again while their identity stays. A file is absent when it was
   * changed so shortly before it was read that a later change might not show in it.
   * @internal
   */
  readonly identities: ReadonlyMap<string, FileIdentity>;
}
