import { describe, expect, it } from "vitest";
import { functionSpans } from "./function-spans.js";

function textsIn(source: string): Record<number, string[]> {
  const spans = functionSpans(Buffer.from(source));
  return Object.fromEntries(
    [...spans].map(([line, found]) => [line, found.map(({ start, end }) => source.slice(start, end))]),
  );
}

describe("the functions in a source", () => {
  it("end with their own end, whatever blocks are in them", () => {
    const first = `function(p)
  if p then for i = 1, 2 do x() end elseif q then while r do y() end else z() end
  repeat do w() end until v
  return "end", --[[ end ]] t["end"]
end`;
    expect(textsIn(`a = ${first}\nb = function() end`)).toEqual({ 1: [first], 6: ["function() end"] });
  });

  it("may stand in one another and beside one another", () => {
    expect(textsIn("a = function() return function() end end, function(x) end")).toEqual({
      1: ["function() return function() end end", "function() end", "function(x) end"],
    });
  });

  it("go to the end of a source that is cut", () => {
    expect(textsIn("a = function() if x then")).toEqual({ 1: ["function() if x then"] });
  });
});
