import { lstatSync, utimesSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { forgetSince, newestChange } from "../snapshot/stat-index.js";

const PATIENCE_MS = 50;

/**
 * Waits until the clock of the file system has moved past the newest of these change times, and takes those identities
 * away that a later change might not alter: none, unless the clock stood still for 50 ms.
 *
 * Without it, an edit in the same tick that keeps the size and sets the time back would look like no edit. The
 * clock is read from the root itself, which is not an entry of its tree: setting its times sets its change time.
 */
export async function settleClock(root: string, identities: BigInt64Array): Promise<void> {
  const newestNs = newestChange(identities);
  const deadline = performance.now() + PATIENCE_MS;
  let nowNs = readClock(root);
  while (nowNs <= newestNs && performance.now() < deadline) {
    await delay(1);
    nowNs = readClock(root);
  }
  if (nowNs <= newestNs) forgetSince(identities, nowNs);
}

function readClock(root: string): bigint {
  const now = new Date();
  utimesSync(root, now, now);
  return lstatSync(root, { bigint: true }).ctimeNs;
}
