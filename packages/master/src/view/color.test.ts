import { describe, expect, it } from "vitest";
import { type Color, usesColor } from "./color.js";

const terminal = { isTTY: true };
const pipe = {};

describe("colours", () => {
  it.each<[string, { isTTY?: boolean }, Color, Record<string, string>, boolean]>([
    ["a terminal has them", terminal, "auto", {}, true],
    ["a pipe has none", pipe, "auto", {}, false],
    ["a dumb terminal has none", terminal, "auto", { TERM: "dumb" }, false],
    ["FORCE_COLOR wins over the stream", pipe, "auto", { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0 wins over the stream", terminal, "auto", { FORCE_COLOR: "0" }, false],
    ["NO_COLOR wins over FORCE_COLOR", terminal, "auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["an empty NO_COLOR says nothing", terminal, "auto", { NO_COLOR: "" }, true],
    ["always wins over NO_COLOR", pipe, "always", { NO_COLOR: "1" }, true],
    ["never wins over FORCE_COLOR", terminal, "never", { FORCE_COLOR: "1" }, false],
  ])("%s", (_, stream, color, env, expected) => {
    expect(usesColor(stream, color, env)).toBe(expected);
  });
});
