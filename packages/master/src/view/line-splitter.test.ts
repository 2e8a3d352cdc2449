import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "./line-splitter.js";

const bytes = (text: string) => new TextEncoder().encode(text);

function split(chunks: Uint8Array[]): string[] {
  const splitter = new LineSplitter();
  const lines = chunks.flatMap((chunk) => [...splitter.push(chunk)]);
  return [...lines, ...splitter.flush()].map((line) => new TextDecoder().decode(line));
}

describe("LineSplitter", () => {
  it("gives the same lines however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(), fc.nat(), (text, a, b) => {
        const all = bytes(text);
        const [i, j] = [a % (all.length + 1), b % (all.length + 1)].sort((x, y) => x - y);
        const wanted = text.split("\n");
        if (wanted.at(-1) === "") wanted.pop();
        expect(split([all.subarray(0, i), all.subarray(i, j), all.subarray(j)])).toEqual(wanted);
      }),
    );
  });

  it("cuts a line without end between characters", () => {
    const parts = split([bytes("é".repeat(100_000))]);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.join("")).toBe("é".repeat(100_000));
  });
});
