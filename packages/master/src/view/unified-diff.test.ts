import { describe, expect, it } from "vitest";
import { unifiedDiff } from "./unified-diff.js";

const side = (text: string) => ({ bytes: new TextEncoder().encode(text) });

describe("unifiedDiff", () => {
  it("shows lines with their context", () => {
    expect(unifiedDiff("a/b", side("1\n2\n3\n"), side("1\ntwo\n3\n"))).toBe(
      "--- a/a/b\n+++ b/a/b\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n",
    );
  });

  it("shows what is new and what is gone, and a missing newline at the end", () => {
    expect(unifiedDiff("x", undefined, side("1"))).toBe(
      "--- /dev/null\n+++ b/x\n@@ -0,0 +1,1 @@\n+1\n\\ No newline at end of file\n",
    );
    expect(unifiedDiff("x", side("1\n"), undefined)).toBe("--- a/x\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-1\n");
  });

  it.each([
    ["a NUL", side("a\0b"), side("c"), "    binary, 3 B to 1 B\n"],
    ["no UTF-8", undefined, { bytes: new Uint8Array([0xff]) }, "    binary, 1 B\n"],
    ["too much", { sizeBytes: 5_000_000 }, side("c"), "    too large to be shown: 5.0 MB\n"],
    ["nothing", undefined, side(""), ""],
  ])("shows no lines of %s", (_, before, after, text) => {
    expect(unifiedDiff("x", before, after)).toBe(text);
  });

  it("lets no content or name steer the terminal", () => {
    const text = unifiedDiff("x\n\x1b[2J", undefined, side("a\x1b[31m\u202eb\r\n"));
    for (const character of ["\x1b", "\r", "\u202e"]) expect(text).not.toContain(character);
    expect(text.split("\n")).toHaveLength(5);
  });

  it("gives up on texts that take too long to compare", () => {
    const lines = (seed: number) =>
      Array.from({ length: 60_000 }, (_, i) => `${(i * seed) % 60_013}`).join("\n");
    expect(unifiedDiff("x", side(lines(7)), side(lines(11)))).toBe("    differs too much to be shown\n");
  });
});
