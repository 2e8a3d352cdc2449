import { describe, expect, it } from "vitest";
import { formatByteSize, parseByteSize } from "./byte-size.js";

describe("parseByteSize", () => {
  it.each([
    [1, 1],
    [1500.7, 1500],
    ["1B", 1],
    ["2GiB", 2 * 1024 ** 3],
    ["2 gib", 2 * 1024 ** 3],
    ["500MB", 500_000_000],
    ["64KiB", 65_536],
    ["1kB", 1000],
    ["1.5MiB", 1.5 * 1024 ** 2],
    ["1TiB", 1024 ** 4],
  ])("reads %j", (value, bytes) => {
    expect(parseByteSize(value)).toEqual({ bytes });
  });

  it.each([
    [0, "must be at least one byte, got 0"],
    [-1, "must be at least one byte, got -1"],
    [Number.NaN, "must be at least one byte, got NaN"],
    [Number.POSITIVE_INFINITY, "is too large: Infinity"],
    ["0.5B", "must be at least one byte, got 0.5B"],
    ["9999999TiB", "is too large: 9999999TiB"],
    [true, 'must be a size such as "2GiB", or a number of bytes'],
    ["100", '"100" has no unit; write "100B"'],
    ["2G", '"2G" has an unknown unit; write "2GiB"'],
    ["2 bananas", '"2 bananas" has an unknown unit, known are B, kB, MB, GB, TB, KiB, MiB, GiB and TiB'],
    ["-2GiB", '"-2GiB" is not a size; write it as "2GiB", "500MB" or "64KiB"'],
    ["", '"" is not a size; write it as "2GiB", "500MB" or "64KiB"'],
  ])("refuses %j", (value, problem) => {
    expect(parseByteSize(value)).toEqual({ problem });
  });
});

describe("formatByteSize", () => {
  it.each([
    [512 * 1024 ** 2, "512MiB"],
    [1536, "1536B"],
    [3 * 1024 ** 3, "3GiB"],
    [1000, "1000B"],
    [0, "0B"],
  ])("writes %d as %s", (bytes, text) => expect(formatByteSize(bytes)).toBe(text));
});
