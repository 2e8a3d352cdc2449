import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.js";

describe("parseDuration", () => {
  it.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
    ["1m1s1ms", 61_001],
    [2, 2000],
    [0.25, 250],
    [0.0001, 1],
  ])("reads %j as %d ms", (text, ms) => {
    expect(parseDuration(text)).toEqual({ ms });
  });

  it.each([
    ["90", 'has no unit; write "90s"'],
    ["", "is not a duration"],
    ["1 s", "is not a duration"],
    ["-1s", "is not a duration"],
    ["1d", "is not a duration"],
    ["0s", "must be longer than zero"],
    [0, "must be longer than zero"],
    [-1, "must be longer than zero"],
    [Number.NaN, "must be longer than zero"],
    [Number.POSITIVE_INFINITY, "is too long"],
    [true, "must be a duration"],
    [null, "must be a duration"],
  ])("refuses %j", (value, problem) => {
    expect(parseDuration(value)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
