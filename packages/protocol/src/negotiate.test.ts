import { describe, expect, it } from "vitest";
import { negotiateFeatures, negotiateProtocol } from "./negotiate.js";

describe("negotiateProtocol", () => {
  it.each([
    [{ min: 1, max: 1 }, { min: 1, max: 1 }, 1],
    [{ min: 1, max: 4 }, { min: 2, max: 3 }, 3],
    [{ min: 2, max: 3 }, { min: 1, max: 9 }, 3],
  ])("of %j and %j chooses %d", (theirs, ours, chosen) => {
    expect(negotiateProtocol(theirs, ours)).toBe(chosen);
  });

  it.each([
    [
      { min: 2, max: 3 },
      { min: 1, max: 1 },
    ],
    [
      { min: 1, max: 1 },
      { min: 2, max: 3 },
    ],
    [
      { min: 0, max: 0 },
      { min: 1, max: 1 },
    ],
    [
      { min: 3, max: 1 },
      { min: 1, max: 3 },
    ],
  ])("of %j and %j finds none", (theirs, ours) => {
    expect(() => negotiateProtocol(theirs, ours)).toThrow(
      expect.objectContaining({ code: "NO_COMMON_VERSION" }),
    );
  });
});

it("names both versions where there is no common protocol", () => {
  const [theirs, ours] = [
    { min: 2, max: 3, version: "2.1.0" },
    { min: 1, max: 1, version: "1.0.0" },
  ];
  expect(() => negotiateProtocol(theirs, ours)).toThrow(
    /master \(version 2\.1\.0\) speaks protocol 2 to 3, this agent \(version 1\.0\.0\) 1/,
  );
});

it("keeps the features that both ends have", () => {
  expect(negotiateFeatures(["c", "a"], ["a", "b", "c"])).toEqual(["a", "c"]);
});
