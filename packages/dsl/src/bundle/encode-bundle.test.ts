import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DslError } from "../dsl-error.js";
import { bundleDigest, decodeBundle, encodeBundle } from "./encode-bundle.js";

const segment = fc
  .string({ unit: "grapheme", minLength: 1 })
  .filter((s) => !/[/\\\0]/.test(s) && !/^\.\.?$/.test(s));
const name = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/"));
const files = fc.array(fc.tuple(name, fc.uint8Array())).map((entries) => new Map(entries));

describe("a bundle", () => {
  it("comes back as it was encoded", () => {
    fc.assert(
      fc.property(files, (map) => {
        const decoded = decodeBundle(encodeBundle({ files: map }));
        expect(new Map([...decoded.files].sort())).toEqual(new Map([...map].sort()));
      }),
    );
  });

  it("has the same bytes in whatever order its files were added", () => {
    const a = {
      files: new Map([
        ["a.lua", Buffer.from("1")],
        ["b/c.lua", Buffer.from("2")],
      ]),
    };
    const b = { files: new Map([...a.files].reverse()) };
    expect(bundleDigest(encodeBundle(a))).toBe(bundleDigest(encodeBundle(b)));
    expect(bundleDigest(encodeBundle(a))).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is refused, and nothing else happens, when bytes were changed, cut or made up", () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.uint8Array({ maxLength: 20 }), (map, at, junk) => {
        const bytes = encodeBundle({ files: map });
        const cut = at % (bytes.length + 1);
        const hostile = Buffer.concat([bytes.subarray(0, cut), junk]);
        try {
          expect(encodeBundle(decodeBundle(hostile))).toEqual(new Uint8Array(hostile));
        } catch (error) {
          expect(error).toBeInstanceOf(DslError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(["", "/etc/passwd", "..", "../..", "../a/../b", "a/../b", "a//b", "./a", "a/", "a\0b", "..\\x"])(
    "is refused with the name %j, in both directions",
    (bad) => {
      const files = new Map([[bad, new Uint8Array()]]);
      expect(() => encodeBundle({ files })).toThrow(DslError);
      const good = Buffer.from(
        encodeBundle({ files: new Map([["x".repeat(bad.length || 1), new Uint8Array()]]) }),
      );
      good.write(bad, 12);
      if (bad !== "") expect(() => decodeBundle(good)).toThrow(/is not a relative path/);
    },
  );

  it("is refused when a length points beyond its end", () => {
    const bytes = Buffer.from(encodeBundle({ files: new Map([["a", Buffer.from("content")]]) }));
    bytes.writeUInt32LE(0xffffffff, 8);
    expect(() => decodeBundle(bytes)).toThrow(/ends too early/);
  });

  it("is refused with a name twice", () => {
    const one = Buffer.from(encodeBundle({ files: new Map([["a", Buffer.from("1")]]) }));
    expect(() => decodeBundle(Buffer.concat([one, one.subarray(8)]))).toThrow(/not in order/);
  });
});
