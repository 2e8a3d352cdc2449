import type { Task } from "@sloth/dsl";

const DEFAULT_DELAY_MS = 1000;
/** Longer than this nobody waits for a retry. */
const LONGEST_DELAY_MS = 5 * 60_000;
/** How far a growing delay may be off either way, so that tasks that failed together do not return together. */
const JITTER = 0.2;

/**
 * How long to wait after a failed attempt.
 * @param failed - the number of the attempt, from 1
 * @param random - from 0 to 1
 */
export function retryDelayMs(
  {
    retryDelayMs: base = DEFAULT_DELAY_MS,
    retryBackoff = "fixed",
  }: Pick<Task, "retryDelayMs" | "retryBackoff">,
  failed: number,
  random = Math.random(),
): number {
  if (retryBackoff === "fixed") return base;
  const grown = retryBackoff === "linear" ? base * failed : base * 2 ** (failed - 1);
  // A delay that was written down is kept, however long.
  const capped = Math.min(grown, Math.max(LONGEST_DELAY_MS, base));
  return Math.round(capped * (1 + JITTER * (2 * random - 1)));
}
