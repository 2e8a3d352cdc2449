import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../testing/archive.js";
import { DigestTable } from "./digest-table.js";

describe("a table of digests", () => {
  it("numbers digests as they come, each once, however many", () => {
    const table = new DigestTable();
    const digests = Array.from({ length: 5000 }, (_, index) => digestOf(String(index)));
    expect(digests.map((digest) => table.add(digest))).toEqual(digests.map((_, index) => index));
    expect(digests.map((digest) => table.add(digest))).toEqual(digests.map((_, index) => index));
    expect(digests.map((digest) => table.indexOf(digest))).toEqual(digests.map((_, index) => index));
    expect(table.size).toBe(5000);
    expect(table.indexOf(digestOf("another"))).toBe(-1);
  });

  it("tells digests apart that differ in one place", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 70 }), (places) => {
        const table = new DigestTable();
        const digests = places.map((place) => `${"0".repeat(place)}1${"0".repeat(63 - place)}`);
        for (const digest of digests) table.add(digest);
        const distinct = [...new Set(digests)];
        expect(distinct.map((digest) => table.indexOf(digest))).toEqual(distinct.map((_, index) => index));
      }),
    );
  });

  it("refuses what is no digest", () => {
    for (const name of ["", "0".repeat(63), "g".repeat(64)])
      expect(() => new DigestTable().add(name)).toThrow(TypeError);
  });
});
