import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shellLine } from "./shell-words.js";

describe("words for a shell", () => {
  it("arrive as they were", () => {
    const nasty = fc.constantFrom(
      "'",
      "\\",
      "\n",
      "\u001b",
      "$(id)",
      "`",
      "\u202e",
      '"',
      "!",
      " ",
      "a1",
      "é",
      "~",
      "#",
    );
    const word = fc
      .array(fc.oneof(nasty, fc.string({ unit: "grapheme", maxLength: 3 })))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(word.filter((text) => !text.includes("\0"))), (words) => {
        const printed = execFileSync("bash", [
          "-c",
          `for word in ${shellLine(words)}; do printf '%s\\0' "$word"; done`,
        ]);
        expect(String(printed)).toBe(words.map((text) => `${text}\0`).join(""));
      }),
      { numRuns: 50 },
    );
  });

  it("are quoted only where they must be, and show what cannot be seen", () => {
    expect(shellLine(["run", "-f", "ci/w.lua", "--set", "a=b c", "it's", "a\nb"])).toBe(
      "run -f ci/w.lua --set 'a=b c' 'it'\\''s' $'a\\012b'",
    );
  });
});
