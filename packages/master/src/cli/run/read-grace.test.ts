import { describe, expect, it } from "vitest";
import { readGrace } from "./read-grace.js";

describe("--grace", () => {
  it.each([
    ["10s", 10_000],
    ["1m30s", 90_000],
    ["0.5", 500],
    ["0", 0],
    ["0ms", 0],
    ["1h", 3_600_000],
  ])("%s is %d ms", (text, ms) => expect(readGrace(text)).toBe(ms));

  it.each(["-1s", "soon", "", "10 s", "61m", "1e3", "99999999999999999999h"])("refuses %j", (text) => {
    expect(() => readGrace(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
