import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../processes/run.js";

/**
 * Longer than the two seconds within which a tool that compares times must not trust them (git's "racy" rule): a tree
 * that was written this moment is not the case that is measured.
 */
const RACY_MS = 2500;

export async function untilTimesAreTrusted(): Promise<void> {
  await sleep(RACY_MS);
}

/** What one command left to be written to the disk must not be written in the time of the next. */
export async function untilWritten(): Promise<void> {
  await run(["sync"]);
}
