import { describe, expect, it } from "vitest";
import { printable, printableName } from "./printable.js";

describe("what may be printed", () => {
  it.each([
    ["plain é 日本 👩‍💻", "plain é 日本 👩‍💻"],
    ["a\tb\nc", "a\tb\nc"],
    ["\x1b[31m\r\x9b", "\\x1b[31m\\x0d\\x9b"],
    ["evil\u202etxt.exe", "evil\\u{202e}txt.exe"],
  ])("as a text: %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each([
    ["plain é 日本", "plain é 日本"],
    ["a\nA  b", "a\\x0aA  b"],
    ["a\u2028b\u200bc", "a\\u{2028}b\\u{200b}c"],
    ["\x1b[2J", "\\x1b[2J"],
  ])("as a name: %j", (text, shown) => {
    expect(printableName(text)).toBe(shown);
  });
});
