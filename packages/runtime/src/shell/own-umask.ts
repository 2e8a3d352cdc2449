import { readFileSync } from "node:fs";

/**
 * The file creation mask of this process. Not by `process.umask()` where it can be helped: it sets the mask
 * to 0 for a moment, in which other threads may create files that everybody can write
 * (https://nodejs.org/api/deprecations.html#DEP0139).
 */
export function ownUmask(): number {
  if (process.platform !== "linux") return process.umask();
  const mask = readFileSync("/proc/self/status", "latin1").match(/^Umask:\s*([0-7]+)$/m)?.[1];
  return mask === undefined ? process.umask() : Number.parseInt(mask, 8);
}
