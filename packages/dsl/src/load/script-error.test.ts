import { describe, expect, it } from "vitest";
import { explainFailure } from "./script-error.js";
import { Sources } from "./sources.js";

const long = `${"long".repeat(20)}.lua`;
const sources = new Sources(
  "w.lua",
  new Map([
    ["w.lua", Buffer.from("x = = 1\ny = 1 1 ]")],
    [long, Buffer.from("\nz")],
  ]),
);

function place(message: string, traceback?: string) {
  const failure = { kind: "runtime" as const, message, ...(traceback && { traceback }) };
  const [{ source: _, ...diagnostic } = { message: "" }] = explainFailure(failure, sources).diagnostics;
  return diagnostic;
}

describe("explainFailure", () => {
  it("finds the token that Lua names, where it is the only one of its line", () => {
    const named = { file: "w.lua", line: 2, column: 9, message: "unexpected symbol near ']'" };
    expect(place("w.lua:2: unexpected symbol near ']'")).toEqual(named);
    expect(place("w.lua:2: unexpected symbol near '1'")).not.toHaveProperty("column");
    expect(place("w.lua:2: unexpected symbol near <eof>")).not.toHaveProperty("column");
  });

  it("knows a file whose name Lua has shortened", () => {
    expect(place(`...${long.slice(20)}:2: no`)).toEqual({ file: long, line: 2, message: "no" });
  });

  it("takes no text for a file that is none", () => {
    const traceback = "stack traceback:\n\t[C]: in function 'error'\n\tw.lua:2: in main chunk";
    expect(place("http://host:80: no", traceback)).toEqual({
      file: "w.lua",
      line: 2,
      message: "http://host:80: no",
    });
  });

  it("names the file alone where nothing is known of the line", () => {
    expect(place("not enough memory")).toEqual({ file: "w.lua", message: "not enough memory" });
  });
});
