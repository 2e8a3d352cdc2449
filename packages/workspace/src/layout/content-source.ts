import type { ManifestEntry } from "../manifest/entry.js";

/** Where the contents of a tree that is laid out come from. */
export interface ContentSource {
  has(entry: ManifestEntry): boolean;
  /**
   * Puts the content of a file that is not empty at `location`, where nothing stands: as a file of its own, which
   * shares its inode with nothing. True when it has the mode and the time of the entry already.
   * @throws {WorkspaceError} MISSING_CONTENT
   */
  place(entry: ManifestEntry, location: string): Promise<boolean>;
}
