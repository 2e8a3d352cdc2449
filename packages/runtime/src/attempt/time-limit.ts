import { formatDuration } from "./format-duration.js";

/** Node's timers wrap to 1 ms beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls `onExpiry` after any time. Gives what cancels it. */
export function startTimer(afterMs: number, onExpiry: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    const nextMs = Math.min(leftMs, LONGEST_TIMER_MS);
    timer = setTimeout(() => (leftMs > nextMs ? wait(leftMs - nextMs) : onExpiry()), nextMs);
  };
  wait(afterMs);
  return () => clearTimeout(timer);
}

/** What is said of something that was ended by its time limit. */
export function limitExceeded(limitMs: number): string {
  return `exceeded its time limit of ${formatDuration(limitMs)}`;
}
