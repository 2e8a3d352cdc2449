import { readFileSync } from "node:fs";

/** Highest resident set size of a live process so far, in bytes; 0 when it is gone. */
export function peakRssOf(pid: number | undefined): number {
  return statusBytes(pid, "VmHWM");
}

/** Resident set size of a live process now, in bytes; 0 when it is gone. */
export function rssOf(pid: number | undefined): number {
  return statusBytes(pid, "VmRSS");
}

function statusBytes(pid: number | undefined, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    return Number(status.match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"))?.[1] ?? 0) * 1024;
  } catch {
    // It has ended, or this is not Linux.
    return 0;
  }
}
