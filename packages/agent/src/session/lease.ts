/** Ends when nobody has renewed it for its length. */
export interface Lease {
  renew(): void;
  end(): void;
}

/** Starts a lease; `onExpired` is called at most once, and never after `end`. */
export function startLease(leaseMs: number, onExpired: () => void): Lease {
  const timer = setTimeout(onExpired, leaseMs);
  return {
    renew: () => timer.refresh(),
    end: () => clearTimeout(timer),
  };
}
