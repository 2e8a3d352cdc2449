import { type Dirent, lstatSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemCode, systemReason, WorkspaceError } from "../errors.js";
import type { KeptSummary } from "./kept-about.js";
import { FILES } from "./kept-record.js";
import { readRecord } from "./load-changes.js";

/** Kept changes that were found, or why they cannot be read. */
export type KeptListing = { directory: string } & ({ summary: KeptSummary } | { problem: string });

/** Deep enough for run, group, task and attempt. */
const MAX_DEPTH = 6;

/**
 * Finds the kept changes below a directory, the oldest first; none where it does not exist. Links are not followed,
 * and names that begin with a dot are passed by: a save that is under way, or was cut off.
 */
export async function listKept(directory: string): Promise<KeptListing[]> {
  const found: KeptListing[] = [];
  await search(directory, MAX_DEPTH, found);
  return found.sort((a, b) => timeOf(a) - timeOf(b) || (a.directory < b.directory ? -1 : 1));
}

async function search(directory: string, depthLeft: number, found: KeptListing[]): Promise<void> {
  const entries = await listDirectory(directory, found);
  if (entries.some(({ name }) => name === FILES.record)) {
    found.push(await describe(directory));
    return;
  }
  if (depthLeft === 0) return;
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith("."))
      await search(join(directory, entry.name), depthLeft - 1, found);
  }
}

async function listDirectory(directory: string, found: KeptListing[]): Promise<Dirent[]> {
  try {
    if (!lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) return [];
    return await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    found.push({ directory, problem: `Cannot read it: ${systemReason(cause)}.` });
    return [];
  }
}

async function describe(directory: string): Promise<KeptListing> {
  try {
    const { baseSha256: _, changesetSha256: __, ...summary } = await readRecord(directory);
    return { directory, summary };
  } catch (cause) {
    if (!(cause instanceof WorkspaceError)) throw cause;
    return { directory, problem: cause.message };
  }
}

function timeOf(listing: KeptListing): number {
  return "summary" in listing ? listing.summary.timeMs : 0;
}
