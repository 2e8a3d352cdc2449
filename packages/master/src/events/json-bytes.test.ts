import fc from "fast-check";
import { expect, it } from "vitest";
import { withJsonText } from "./json-bytes.js";

const asBytes = (text: string) => withJsonText('{"é":"', Buffer.from(text), '"}').toString();

it("writes a text as JSON.stringify does", () => {
  const every = String.fromCharCode(...Array.from({ length: 0x300 }, (_, code) => code));
  expect(asBytes(every)).toBe(`{"é":${JSON.stringify(every)}}`);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(asBytes(text)).toBe(`{"é":${JSON.stringify(text)}}`);
    }),
  );
});
