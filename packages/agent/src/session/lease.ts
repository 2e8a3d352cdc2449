/**
 * How long an attempt goes on whose master is not heard.
 *
 * 1. Time goes on while the machine is suspended and while this process is stopped: whoever counts at the other end goes on.
 * 2. After such a standstill a renewal that is read may have been sent before it, so it counts as of then. One that comes
 *    when the process has been in time again for a moment counts as it comes.
 */
import { uptime } from "node:os";

/** Ends when nobody has renewed it for its length. */
export interface Lease {
  renew(): void;
  end(): void;
}

/** How often to look whether time has stood still. */
const LOOK_EVERY_MS = 1000;
/** A look that is so late follows a standstill. */
const STANDSTILL_MS = 1000;

/** Since the machine was started, suspended or not. */
function uptimeMs(): number {
  return uptime() * 1000;
}

/** Starts a lease; `onExpired` is called at most once, and never after `end`. */
export function startLease(leaseMs: number, onExpired: () => void, now: () => number = uptimeMs): Lease {
  const everyMs = Math.min(LOOK_EVERY_MS, leaseMs / 8);
  let heardAtMs = now();
  let lookedAtMs = heardAtMs;
  /** The last look that was in time. */
  let steadyAtMs = heardAtMs;
  let timer = setTimeout(look, everyMs);
  function look(): void {
    const nowMs = now();
    const leftMs = heardAtMs + leaseMs - nowMs;
    if (leftMs <= 0) {
      onExpired();
      return;
    }
    if (nowMs - lookedAtMs <= everyMs + STANDSTILL_MS) steadyAtMs = nowMs;
    lookedAtMs = nowMs;
    timer = setTimeout(look, Math.min(everyMs, leftMs));
  }
  return {
    renew() {
      heardAtMs = Math.max(heardAtMs, steadyAtMs);
    },
    end: () => clearTimeout(timer),
  };
}
