import { readFile } from "node:fs/promises";
import type { Check } from "./check.js";

/** Each task that runs has pipes, and each file that is sent or received is open for a moment. */
const ENOUGH = 1024;

/** How many files a process may have open; tasks inherit it. */
export const openFiles: Check = {
  name: "open files",
  async run(_, signal) {
    const limits = await readFile("/proc/self/limits", { encoding: "utf8", signal }).catch(() => "");
    const limit = openFileLimit(limits);
    if (limit === undefined) return { outcome: "skipped", message: "this system does not tell" };
    if (limit >= ENOUGH) return { outcome: "ok", message: `${limit} at once` };
    return {
      outcome: "warning",
      message: `only ${limit} at once: many tasks at the same time may fail`,
      mend: `ulimit -n ${ENOUGH * 4}`,
    };
  },
};

/**
 * The limit that holds, of what Linux tells of a process.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_limits.5.html
 */
export function openFileLimit(limits: string): number | undefined {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}
