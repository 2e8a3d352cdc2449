import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { formatDuration } from "./format-duration.js";
import { startTimer } from "./time-limit.js";

describe("startTimer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits for longer than a timer of Node can", () => {
    const expire = vi.fn();
    const days = 24 * 3_600_000;
    startTimer(60 * days, expire);
    vi.advanceTimersByTime(59 * days);
    expect(expire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(days);
    expect(expire).toHaveBeenCalledOnce();
  });

  it("does not expire once it is cancelled", () => {
    const expire = vi.fn();
    startTimer(10, expire)();
    vi.advanceTimersByTime(100);
    expect(expire).not.toHaveBeenCalled();
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [500, "500ms"],
    [1_500, "1s500ms"],
    [90_000, "1m30s"],
    [5_400_000, "1h30m"],
  ])("writes %d ms as %s", (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));
});
