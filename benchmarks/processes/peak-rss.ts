import { readFileSync } from "node:fs";

/** Highest resident set size of a live process so far, in bytes; 0 when it is gone. */
export function peakRssOf(pid: number | undefined): number {
  try {
    const match = readFileSync(`/proc/${pid}/status`, "latin1").match(/^VmHWM:\s+(\d+) kB/m);
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    // It has ended, or this is not Linux.
    return 0;
  }
}
