import { reapMark } from "./reap-mark.js";
import { ownMark } from "./reaper.js";

/** Names all that this process runs, and nothing else, for a later process: see {@link endRunsOf}. */
export function nameOfOwnRuns(): string {
  return ownMark().id;
}

/**
 * Ends what a process that was killed has left running, and removes its temporary files; resolves when nothing of it
 * lives. Its own reaper does the same at the same time, if it was not killed as well.
 * @param name - what {@link nameOfOwnRuns} gave it
 * @param graceMs - between TERM and KILL
 */
export function endRunsOf(name: string, graceMs: number): Promise<void> {
  return reapMark(name, graceMs);
}
