import { describe, expect, it } from "vitest";
import { retryDelayMs } from "./retry-delay.js";

const delays = (task: Parameters<typeof retryDelayMs>[0]) =>
  [1, 2, 3, 4].map((n) => retryDelayMs(task, n, 0.5));

describe("the delay before a further attempt", () => {
  it("is a second unless the task says otherwise", () => {
    expect(delays({})).toEqual([1000, 1000, 1000, 1000]);
    expect(delays({ retryDelayMs: 20 })).toEqual([20, 20, 20, 20]);
  });

  it("grows as the task says, up to five minutes", () => {
    expect(delays({ retryDelayMs: 100, retryBackoff: "linear" })).toEqual([100, 200, 300, 400]);
    expect(delays({ retryDelayMs: 100, retryBackoff: "exponential" })).toEqual([100, 200, 400, 800]);
    expect(retryDelayMs({ retryBackoff: "exponential" }, 500, 0.5)).toBe(300_000);
    expect(retryDelayMs({ retryDelayMs: 600_000, retryBackoff: "linear" }, 9, 0.5)).toBe(600_000);
  });

  it("is off by up to a fifth where it grows", () => {
    expect(retryDelayMs({ retryBackoff: "linear" }, 1, 0)).toBe(800);
    expect(retryDelayMs({ retryBackoff: "linear" }, 1, 1)).toBe(1200);
  });
});
