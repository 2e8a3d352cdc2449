import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startLease } from "./lease.js";

describe("a lease", () => {
  let nowMs = 0;
  let isOver = false;
  const start = (leaseMs: number) =>
    startLease(
      leaseMs,
      () => {
        isOver = true;
      },
      () => nowMs,
    );
  /** In the steps in which a process that runs sees time pass. */
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 50) {
      nowMs += 50;
      vi.advanceTimersByTime(50);
    }
  };
  /** Timers do not count it. */
  const standStill = (ms: number) => {
    nowMs += ms;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    [nowMs, isOver] = [0, false];
  });
  afterEach(() => void vi.useRealTimers());

  it("is over when nobody has renewed it for its length, and not before", () => {
    const lease = start(60_000);
    for (let n = 0; n < 5; n++) {
      pass(50_000);
      lease.renew();
    }
    pass(58_000);
    expect(isOver).toBe(false);
    pass(2_000);
    expect(isOver).toBe(true);
  });

  it("goes on while the machine is suspended", () => {
    start(60_000);
    pass(10_000);
    standStill(50_000);
    pass(1_000);
    expect(isOver).toBe(true);
  });

  it("is not renewed by what was sent before the process stood still, and read after it", () => {
    const lease = start(60_000);
    pass(10_000);
    standStill(30_000);
    lease.renew();
    pass(500);
    lease.renew();
    pass(28_000);
    expect(isOver).toBe(false);
    pass(2_000);
    expect(isOver).toBe(true);
  });

  it("is renewed by what comes once the process has been in time again", () => {
    const lease = start(60_000);
    standStill(30_000);
    pass(5_000);
    lease.renew();
    pass(50_000);
    expect(isOver).toBe(false);
  });

  it("is never over once it was ended", () => {
    start(1_000).end();
    pass(5_000);
    expect(isOver).toBe(false);
  });
});
