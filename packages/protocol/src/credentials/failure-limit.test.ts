import { describe, expect, it } from "vitest";
import { FailureLimit } from "./failure-limit.js";

describe("the limit of failures", () => {
  it("is reached by one address alone, and is over after a minute", () => {
    let now = 0;
    const limit = new FailureLimit(() => now);
    const tooMany = Array.from({ length: 12 }, () => limit.add("one"));
    expect(tooMany.filter(Boolean)).toHaveLength(2);
    expect(limit.add("other")).toBe(false);
    now = 60_000;
    expect(limit.add("one")).toBe(false);
  });

  it("forgets the addresses that failed longest ago, so that memory is bounded", () => {
    const limit = new FailureLimit(() => 0);
    for (let failure = 0; failure < 11; failure++) limit.add("one");
    for (let address = 0; address < 1024; address++) limit.add(String(address));
    expect(limit.add("one")).toBe(false);
  });
});
