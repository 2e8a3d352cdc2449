import { lstatSync, utimesSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { FileIdentity } from "../snapshot/file-identity.js";

const PATIENCE_MS = 50;

/**
 * Waits until the clock of the file system has moved past the newest of these change times, and returns the
 * identities that a later change is sure to alter: all of them, unless the clock stood still for 50 ms.
 *
 * Without it, an edit in the same tick that keeps the size and sets the time back would look like no edit. The
 * clock is read from the root itself, which is not an entry of its tree: setting its times sets its change time.
 */
export async function settleClock(
  root: string,
  identities: ReadonlyMap<string, FileIdentity>,
): Promise<ReadonlyMap<string, FileIdentity>> {
  const newestNs = newestChange(identities);
  const deadline = performance.now() + PATIENCE_MS;
  let nowNs = readClock(root);
  while (nowNs <= newestNs && performance.now() < deadline) {
    await delay(1);
    nowNs = readClock(root);
  }
  if (nowNs > newestNs) return identities;
  return new Map([...identities].filter(([, { ctimeNs }]) => ctimeNs < nowNs));
}

function newestChange(identities: ReadonlyMap<string, FileIdentity>): bigint {
  let newest = 0n;
  for (const { ctimeNs } of identities.values()) if (ctimeNs > newest) newest = ctimeNs;
  return newest;
}

function readClock(root: string): bigint {
  const now = new Date();
  utimesSync(root, now, now);
  return lstatSync(root, { bigint: true }).ctimeNs;
}
