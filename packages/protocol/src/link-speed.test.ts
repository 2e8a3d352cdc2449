import { describe, expect, it } from "vitest";
import { LinkSpeed } from "./link-speed.js";

const MIB = 2 ** 20;

/** Sends for a while over a link that carries so many MiB a second each way; tells how often it compressed. */
function compressions(plain: number, compressed: number, rounds = 100): number {
  const link = new LinkSpeed();
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    const isCompressed = link.isSlow;
    if (isCompressed) count++;
    link.note(4 * MIB, (4 / (isCompressed ? compressed : plain)) * 1000, isCompressed);
  }
  return count;
}

describe("the speed of a link", () => {
  it("lets a fast one be", () => {
    expect(compressions(300, 400)).toBe(0);
  });

  it("makes a slow one compress where that brings more over", () => {
    expect(compressions(10, 40)).toBeGreaterThan(80);
  });

  it("makes a slow one stop where it brings nothing: the disk is slow, or nothing packs", () => {
    expect(compressions(10, 10)).toBeLessThan(20);
  });

  it("is tried anew now and then, since links change", () => {
    expect(compressions(10, 10)).toBeGreaterThan(1);
  });

  it("does not take a few bytes for a measurement", () => {
    const link = new LinkSpeed();
    link.note(1000, 1000, false);
    expect(link.isSlow).toBe(false);
  });
});
