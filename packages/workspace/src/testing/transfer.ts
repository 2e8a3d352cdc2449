import { join } from "node:path";
import type { ManifestEntry } from "../manifest/entry.js";
import { packContents } from "../transfer/pack-contents.js";
import { receiveContents, type StagedContents } from "../transfer/receive-contents.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** Received contents of these entries, from files below `root`. */
export async function transfer(
  root: string,
  entries: readonly ManifestEntry[],
  stagingDir?: string,
): Promise<StagedContents> {
  const directory = stagingDir ?? join(temporaryDirectory(), "staging");
  return receiveContents(packContents(root, entries), { expected: entries, stagingDir: directory });
}
