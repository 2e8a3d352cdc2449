import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { WIRE_LIMITS } from "./limits.js";
import { collectPieces, splitIntoPieces } from "./pieces.js";

function joined(bytes: Uint8Array, limit: number) {
  const pieces = [...splitIntoPieces(bytes)][Symbol.iterator]();
  return collectPieces(async () => {
    const { value } = pieces.next();
    if (!value) throw new Error("asked for more than there is");
    return value;
  }, limit);
}

describe("pieces", () => {
  it.each([
    0,
    1,
    WIRE_LIMITS.pieceBytes - 1,
    WIRE_LIMITS.pieceBytes,
    WIRE_LIMITS.pieceBytes + 1,
    3 * WIRE_LIMITS.pieceBytes,
  ])("of %d bytes join to the same bytes, none too large, the last one marked", async (length) => {
    const bytes = randomBytes(length);
    const pieces = [...splitIntoPieces(bytes)];
    expect(pieces.every(({ data }) => data.length <= WIRE_LIMITS.pieceBytes)).toBe(true);
    expect(pieces.filter(({ last }) => last)).toEqual([pieces.at(-1)]);
    expect(Buffer.compare(await joined(bytes, length), bytes)).toBe(0);
  });

  it("refuse to grow beyond their limit", async () => {
    await expect(joined(new Uint8Array(10), 9)).rejects.toMatchObject({ code: "LIMIT" });
  });
});
