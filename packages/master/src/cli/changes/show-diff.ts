import type { KeptChanges, ManifestEntry } from "@sloth/workspace";
import { readBaseContent } from "../../run-store/base-content.js";
import { type ChangedPath, changedPaths } from "../../view/kept-view.js";
import type { LineWriter } from "../../view/line-writer.js";
import { LARGEST_SHOWN_BYTES, type Side, unifiedDiff } from "../../view/unified-diff.js";

/** Prints each changed path, with a diff where the content of a file changed. Holds one file at a time. */
export async function showDiff(kept: KeptChanges, out: LineWriter): Promise<void> {
  for (const change of changedPaths(kept.base, kept.changeset)) {
    if (out.closed) return;
    await out.line(change.line);
    if (!hasOtherContent(change)) continue;
    const before = await sideBefore(change.before, kept);
    const after = await sideAfter(change.after, kept);
    for (const side of [before, after]) if (side === "gone") await out.line(GONE[side === before ? 0 : 1]);
    if (after === "gone" || (before === "gone" && after === undefined)) continue;
    const text = unifiedDiff(change.path, before === "gone" ? undefined : before, after);
    if (text !== "") await out.line(text.replace(/\n$/, ""));
  }
}

const GONE = [
  "    what it was is not here any more; compared with nothing",
  "    its content did not come back",
] as const;

function hasOtherContent({ before, after }: ChangedPath): boolean {
  if (before?.kind !== "file" && after?.kind !== "file") return false;
  return before?.digest !== after?.digest;
}

/** From the working directory, if it stands there as it was sent. */
async function sideBefore(entry: ManifestEntry | undefined, kept: KeptChanges): Promise<Side | "gone"> {
  return readSide(entry, () => readBaseContent(kept.summary.workspaceRoot, entry as ManifestEntry));
}

async function sideAfter(entry: ManifestEntry | undefined, kept: KeptChanges): Promise<Side | "gone"> {
  return readSide(entry, () => kept.readContent(entry?.digest ?? ""));
}

async function readSide(
  entry: ManifestEntry | undefined,
  read: () => Promise<Uint8Array | undefined>,
): Promise<Side | "gone"> {
  if (entry?.kind !== "file") return undefined;
  if (entry.sizeBytes === 0) return { bytes: new Uint8Array() };
  if (entry.sizeBytes > LARGEST_SHOWN_BYTES) return { sizeBytes: entry.sizeBytes };
  const bytes = await read();
  return bytes === undefined ? "gone" : { bytes };
}
