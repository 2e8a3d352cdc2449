import { chmodSync, symlinkSync } from "node:fs";
import { BodyUses, copyContent } from "../layout/body-uses.js";
import { missingContent } from "../layout/missing-content.js";
import { createEmpty, setAttributes } from "../layout/set-attributes.js";
import type { ManifestEntry } from "../manifest/entry.js";
import type { Pace } from "../pacing.js";
import { FileHasher, fileChanged } from "../snapshot/read-file.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import type { Observation } from "./observe.js";
import type { TreeCursor } from "./tree-cursor.js";

export interface StageOptions {
  upserts: readonly ManifestEntry[];
  contents: StagedContents | undefined;
  observation: Observation;
  cursor: TreeCursor;
  staging: string;
  pace: Pace;
}

/**
 * Makes every file and symlink that is to come ready in the staging directory, with mode and time, so that only
 * renames are left; a full disk shows here, before anything is touched. Returns the number of each, which is in
 * `new-<number>`.
 */
export async function stageEntries(options: StageOptions): Promise<Map<string, number>> {
  const sources = contentSources(options);
  const staged = new Map<string, number>();
  for (const entry of options.upserts) {
    if (entry.kind === "directory") continue;
    if (options.pace.isDue()) await options.pace.rest();
    const location = `${options.staging}/new-${staged.size}`;
    staged.set(entry.path, staged.size);
    if (entry.kind === "symlink") {
      symlinkSync(entry.target ?? "", location);
      continue;
    }
    if (!(await sources.place(entry, location))) setAttributes(location, entry);
  }
  return staged;
}

/**
 * Where a content comes from: what was received, or, when only mode or time changed, the file that stands here. It
 * is copied even then: its inode may be shared with something outside the tree by a hard link.
 */
function contentSources(options: StageOptions) {
  const received = new BodyUses(options.contents, options.upserts, { keepContents: true });
  const { ours } = options.observation;
  const isHere = (entry: ManifestEntry) => ours.get(entry.path)?.digest === entry.digest;
  for (const entry of options.upserts) {
    if (entry.kind === "file" && !received.has(entry) && !isHere(entry)) throw missingContent(entry);
  }
  return {
    async place(entry: ManifestEntry, location: string): Promise<boolean> {
      if (entry.sizeBytes > 0 && received.has(entry)) return await received.place(entry, location);
      if (entry.sizeBytes === 0) createEmpty(location);
      else await copyOurs(options, entry, location);
      return false;
    },
  };
}

async function copyOurs(options: StageOptions, entry: ManifestEntry, location: string): Promise<void> {
  await copyContent(options.cursor.locate(entry.path), location, entry.sizeBytes);
  chmodSync(location, 0o600);
  const { digest } = await new FileHasher(options.pace).hash(location, entry.path);
  if (digest !== entry.digest) throw fileChanged(entry.path, "changed while it was copied");
}
