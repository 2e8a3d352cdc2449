import { describe, expect, it } from "vitest";
import { SourceText } from "./source-text.js";

describe("SourceText", () => {
  it("ends lines where Lua does", () => {
    const text = new SourceText(Buffer.from("a\nb\r\nc\rd\n\re\n\nf"));
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((line) => text.line(line))).toEqual([
      "a",
      "b",
      "c",
      "d",
      "e",
      "",
      "f",
      undefined,
    ]);
  });

  it("counts columns in UTF-16 code units, and a tab as one", () => {
    const source = "first\n\té😀\xe9 x";
    const text = new SourceText(Buffer.from(source));
    for (const [index, character] of [...source.slice(6)].entries()) {
      const before = [...source.slice(6)].slice(0, index).join("");
      const offset = Buffer.byteLength(`first\n${before}`);
      expect([character, text.placeOf(offset)]).toEqual([character, { line: 2, column: before.length + 1 }]);
    }
  });

  it("counts the same in whichever order it is asked", () => {
    const source = "é,😀,x,ß,y";
    const offsets = [...source].map((_, index, all) => Buffer.byteLength(all.slice(0, index).join("")));
    const columns = (text: SourceText, order: number[]) => order.map((offset) => text.placeOf(offset).column);
    const forwards = columns(new SourceText(Buffer.from(source)), offsets);
    expect(forwards).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10]);
    const text = new SourceText(Buffer.from(source));
    expect(columns(text, offsets.toReversed()).reverse()).toEqual(forwards);
    expect(columns(text, offsets)).toEqual(forwards);
  });

  it("takes bytes that are not UTF-8", () => {
    const text = new SourceText(Buffer.from([0x61, 0xff, 0xfe, 0x62]));
    expect(text.line(1)).toBe("a\ufffd\ufffdb");
    expect(text.placeOf(3)).toEqual({ line: 1, column: 4 });
  });

  it("has one empty line when it is empty", () => {
    const text = new SourceText(new Uint8Array());
    expect([text.line(1), text.line(2), text.placeOf(0)]).toEqual(["", undefined, { line: 1, column: 1 }]);
  });
});
