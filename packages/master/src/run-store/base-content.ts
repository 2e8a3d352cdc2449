import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestEntry } from "@sloth/workspace";

/** Nothing but the file itself: no link, and no pipe that would be waited for. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The content that a file had when it was sent, all in memory, if the working directory still has it; whatever else
 * stands there is not given away, as it is not what the digest names.
 */
export async function readBaseContent(root: string, entry: ManifestEntry): Promise<Uint8Array | undefined> {
  try {
    const file = await open(join(root, entry.path), OPEN_FLAGS);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size !== entry.sizeBytes) return undefined;
      const bytes = await file.readFile();
      return createHash("sha256").update(bytes).digest("hex") === entry.digest ? bytes : undefined;
    } finally {
      await file.close();
    }
  } catch {
    // Whatever the reason, the base cannot be had here; the caller says so.
    return undefined;
  }
}
