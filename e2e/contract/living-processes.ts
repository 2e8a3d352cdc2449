import { readdirSync, readFileSync } from "node:fs";

/** A number of seconds that no other process sleeps, so that a sleep can be recognised. */
export function uniqueSleep(): string {
  return `3${Math.random().toString().slice(2, 8)}.${process.pid}`;
}

/** Pids of processes, other than zombies, that have `argument` on their command line. */
export function processesWith(argument: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && commandLine(pid).includes(argument));
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // It has ended meanwhile.
  }
}
