import { describe, expect, it } from "vitest";
import { findTableLayouts, type LayoutEntry, repeatedNames } from "./table-layout.js";

/** `key@line` of the entries, with those of their tables in brackets. */
function outline(entries: readonly LayoutEntry[]): string {
  return entries
    .map(
      (entry) => `${entry.key ?? "?"}@${entry.line}${entry.table ? `(${outline(entry.table.entries)})` : ""}`,
    )
    .join(" ");
}

const layouts = (source: string) => findTableLayouts(Buffer.from(source), ["T"]);
const find = (source: string): string => outline(layouts(source).flatMap(({ entries }) => entries));

describe("findTableLayouts", () => {
  it("finds keys, positions and lines", () => {
    expect(find('T = {\n a = 1,\n ["b c"] = { x, y = 2 };\n\n { z = 3 }\n}')).toBe(
      "a@2 b c@3(1@3 y@3) 1@5(z@5)",
    );
  });

  it("skips expressions, whatever is in them", () => {
    const body =
      "function(a, b) if a then while b do local t = {1, 2} end elseif x then repeat until y, z end end";
    expect(
      find(`T = { f = ${body.replace("y, z", "y")}, g = f(1, {2, 3})[4], h = a == b, -1, 'x', i = "}" }`),
    ).toBe("f@1 g@1 h@1 1@1 2@1 i@1");
    expect(find("T = { function() return 1, 2 end, b = 2 }")).toBe("1@1 b@1");
    expect(find("T = { a = {1} .. x, --[[ } ]] b = [[ } ]], c = 0x1p-3 }")).toBe("a@1(1@1) b@1 c@1");
  });

  it("counts the line breaks inside of strings and comments", () => {
    expect(find('T = { a = [[\n\n]], --[[\n]] b = "x\\\ny\\z\n  z",\r\nc = 1\r}')).toBe("a@1 b@4 c@7");
  });

  it("follows assignments to entries", () => {
    expect(find('T = {}\nT.a = { x = 1 }\nT["b"] = { y = 2 }\nT[k] = { z = 3 }\nu.T = { v = 1 }')).toBe(
      "a@2(x@2) b@3(y@3)",
    );
  });

  it("keeps assignments apart, and tells what one of them names twice", () => {
    const found = layouts("T = { a = 1, b = 2, a = 3 }\nT.a = { 1, 1 }\nT = { a = 4 }");
    expect(found.map(({ line, entries }) => `${line}: ${outline(entries)}`)).toEqual([
      "1: a@1 b@1 a@1",
      "2: a@2(1@2 2@2)",
      "3: a@3",
    ]);
    expect(found.map((layout) => repeatedNames(layout).map(({ entry }) => entry.key))).toEqual([
      ["a"],
      [],
      [],
    ]);
  });

  it("knows where entries and their values start", () => {
    const [layout] = layouts("T = { e = 1, ['b'] = {}, 'c' }");
    expect(layout?.entries.map(({ offset, valueOffset }) => [offset, valueOffset])).toEqual([
      [6, 10],
      [13, 21],
      [25, 25],
    ]);
  });

  it("does not know computed keys", () => {
    expect(find('T = { [k] = 1, ["a" .. b] = 2, ["c"] = 3, ["d\\n"] = 4, [1] = 5 }')).toBe(
      "?@1 ?@1 c@1 ?@1 ?@1",
    );
  });

  it("ends on text that is not Lua", () => {
    for (const text of [
      "T = {",
      "T = { a = ",
      "T = { 'x",
      "T = { ) }",
      "T = [[",
      "T.",
      "T[",
      "--[[",
      "T = { [",
    ])
      expect(() => find(text)).not.toThrow();
  });
});
