import { describe, expect, it } from "vitest";
import { judgeSkew } from "./agent-clock.js";

describe("the clock of an agent", () => {
  it.each([
    [0, 1, "ok", "within 0.0 s of this one"],
    [-1900, 50, "ok", "within 1.9 s of this one"],
    // It may be right: the question was on its way for three seconds.
    [4000, 3000, "ok", "within 7.0 s of this one"],
    [3000, 10, "warning", "3.0 s ahead of this one"],
    [-3_600_000, 10, "warning", "1 h 00 min behind this one"],
  ])("that is %i ms off, give or take %i, is %s", (skewMs, uncertainMs, outcome, message) => {
    const finding = judgeSkew(skewMs, uncertainMs);
    expect(finding.outcome).toBe(outcome);
    expect(finding.message).toContain(message);
  });
});
