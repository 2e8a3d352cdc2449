import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { listKept, tryAcquireLock } from "@sloth/workspace";
import { RUN_FILES } from "./run-files.js";
import { isRunId, runsDirectory } from "./run-store.js";

const KEPT_RUNS = 20;
/** A run that is being removed; what begins so is left of a removal that was cut off. */
const GOING = ".going-";

/**
 * Removes all but the newest runs and the current one. A run stays while its process lives, and while it keeps changes
 * that were neither applied nor discarded, or that cannot be read.
 */
export async function pruneRuns(workflowDirectory: string, current: string): Promise<void> {
  const runs = runsDirectory(workflowDirectory);
  const names = (await readdir(runs, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  for (const name of names) {
    if (name.startsWith(GOING)) await rm(join(runs, name), { recursive: true, force: true });
  }
  const others = names.filter((name) => isRunId(name) && name !== current).sort();
  for (const name of others.slice(0, Math.max(0, others.length - (KEPT_RUNS - 1)))) await prune(runs, name);
}

async function prune(runs: string, name: string): Promise<void> {
  const run = join(runs, name);
  const lock = tryAcquireLock(join(run, RUN_FILES.lock));
  if (!lock) return;
  try {
    const kept = await listKept(run);
    if (kept.some((listing) => "problem" in listing || listing.summary.appliedAtMs === undefined)) return;
    // First out of sight, so that nobody finds a half of it.
    await rename(run, join(runs, GOING + name));
    await rm(join(runs, GOING + name), { recursive: true, force: true });
  } finally {
    lock.release();
  }
}
