import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainWords } from "./plain-words.js";

describe("plain words", () => {
  it.each([
    ["make", ["make"]],
    ["make  -j4\tall", ["make", "-j4", "all"]],
    ["tar -cf a.tar 'a file'", ["tar", "-cf", "a.tar", "a file"]],
    [`echo "it's" 'a;b'c`, ["echo", "it's", "a;bc"]],
    ["echo ''", ["echo", ""]],
    ["", []],
  ])("%j are %j", (script, words) => {
    expect(plainWords(script)).toEqual(words);
  });

  it.each([
    "make; rm -rf x",
    "make && x",
    "make | x",
    "make\nx",
    "make\rx",
    "echo $HOME",
    'echo "$HOME"',
    'echo "`id`"',
    "echo `id`",
    "echo > x",
    "ls *",
    "ls ~",
    "(ls)",
    "{ ls",
    "ls #",
    "ls \\;",
    'echo "a\\"; id"',
    "PATH=. make",
    "'unclosed",
    '"unclosed',
    "make\u00a0x",
    "é",
    "! make",
  ])("are not %j", (script) => {
    expect(plainWords(script)).toBeUndefined();
  });

  it("mean the same to a shell", () => {
    const pieces = fc.constantFrom(
      "a",
      "b/c",
      "-x",
      " ",
      "\t",
      "'",
      '"',
      ";",
      "$",
      "`",
      "=",
      "é",
      "*",
      "\\",
      "#",
      "%",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (chosen) => {
        const script = `printf ${chosen.join("")}`;
        const words = plainWords(script);
        if (words === undefined) return;
        const shown = execFileSync("bash", [
          "-c",
          `show() { for word; do command printf '%s\\0' "$word"; done; }; show ${script}`,
        ]);
        expect(shown.toString().split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 150 },
    );
  });
});
