import { describe, expect, it } from "vitest";
import { findTableLayout, type TableLayout } from "./table-layout.js";

/** `key@line` of the entries, with those of their tables in brackets. */
function outline(layout: TableLayout): string {
  return layout.entries
    .map((entry) => `${entry.key ?? "?"}@${entry.line}${entry.table ? `(${outline(entry.table)})` : ""}`)
    .join(" ");
}

const find = (source: string): string => outline(findTableLayout(Buffer.from(source), ["T"]));

describe("findTableLayout", () => {
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
