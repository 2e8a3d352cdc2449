import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Finished, type Value } from "./gen/sloth/v1/agent.js";
import { fromWireValue, type PlainValue, toWireValue } from "./plain-value.js";

const { value } = fc.letrec<{ value: PlainValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array(),
    fc.array(tie("value")),
    fc
      .dictionary(fc.string(), tie("value"), { noNullPrototype: false })
      .map((table) => Object.assign(Object.create(null), table)),
  ),
}));

/** Over the wire and back, as bytes. */
function carry(plain: PlainValue): PlainValue {
  const outputs = toWireValue(plain);
  const bytes = Finished.encode(Finished.fromPartial({ outputs })).finish();
  return fromWireValue(Finished.decode(bytes).outputs);
}

describe("a plain value", () => {
  it("comes out of the wire as it went in", () => {
    fc.assert(
      fc.property(value, (plain) => {
        expect(carry(plain)).toEqual(plain);
      }),
    );
  });

  it.each([-0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2n ** 63n - 1n])(
    "keeps %s exactly",
    (number) => {
      expect(Object.is(carry(number), number)).toBe(true);
    },
  );

  it("keeps a key that names the prototype a key", () => {
    const table: PlainValue = JSON.parse('{ "__proto__": 1 }');
    expect(Object.entries(carry(table) as object)).toEqual([["__proto__", 1]]);
    expect(Object.getPrototypeOf(carry(table))).toBe(null);
  });

  it("refuses what is nested too deeply, either way", () => {
    let plain: PlainValue = null;
    let wire: Value = { kind: undefined };
    for (let depth = 0; depth < 200; depth++) {
      plain = [plain];
      wire = { kind: { $case: "list", list: { items: [wire] } } };
    }
    expect(() => toWireValue(plain)).toThrow(expect.objectContaining({ code: "LIMIT" }));
    expect(() => fromWireValue(wire)).toThrow(expect.objectContaining({ code: "LIMIT" }));
  });

  it.each(["", "1.5", "0x10", "9223372036854775808", "1e9", "99999999999999999999999"])(
    "refuses %j as an integer",
    (integer) => {
      expect(() => fromWireValue({ kind: { $case: "integer", integer } })).toThrow(
        expect.objectContaining({ code: "UNEXPECTED_FRAME" }),
      );
    },
  );
});
