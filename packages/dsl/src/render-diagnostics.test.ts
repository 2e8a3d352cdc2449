import { describe, expect, it } from "vitest";
import type { Diagnostic } from "./dsl-error.js";
import { renderDiagnostics } from "./render-diagnostics.js";

const at = (source: string, column?: number): Diagnostic => ({
  file: "w.lua",
  line: 12,
  ...(column !== undefined && { column }),
  source,
  message: "is wrong",
});

/** The lines below the message. */
const frame = (source: string, column?: number, width?: number): string[] =>
  renderDiagnostics([at(source, column)], width)
    .split("\n")
    .slice(1);

/** The source as it is shown, from the caret on. */
function fromCaret([source = "", caret = ""]: string[]): string {
  return source.slice(caret.indexOf("^"));
}

describe("renderDiagnostics", () => {
  it("shows the line and a caret below the message", () => {
    const named = { group: "build", task: "compile", field: "timeout" };
    const mistake = { ...at('      timeout = "10 parsecs",', 7), ...named, message: "must be a duration" };
    expect(renderDiagnostics([mistake])).toBe(
      [
        'w.lua:12:7: group "build", task "compile", field "timeout": must be a duration',
        '    12 |       timeout = "10 parsecs",',
        "       |       ^",
      ].join("\n"),
    );
  });

  it("shows no caret where the column is not known, and no line where that is not", () => {
    expect(frame("x = 1")).toEqual(["    12 | x = 1"]);
    expect(renderDiagnostics([{ file: "w.lua", message: "is wrong" }])).toBe("w.lua: is wrong");
    expect(renderDiagnostics([{ file: "w.lua", line: 3, message: "is wrong" }])).toBe("w.lua:3: is wrong");
  });

  it("expands tabs, so that the caret stands right", () => {
    expect(frame("\tab\tc", 5)).toEqual(["    12 |     ab  c", "       |         ^"]);
  });

  it("makes control characters harmless, each as one", () => {
    expect(frame("a\x1b[2J\u202eb", 7)).toEqual(["    12 | a�[2J�b", "       |       ^"]);
  });

  it.each([1, 5, 40, 60, 71, 100, 150, 199, 200])("cuts a long line around column %i", (column) => {
    const source = Array.from({ length: 200 }, (_, index) => String.fromCharCode(0x4e00 + index)).join("");
    const shown = frame(source, column);
    expect(shown.every((line) => line.length <= 80)).toBe(true);
    expect(fromCaret(shown)[0]).toBe(source[column - 1]);
    expect(shown[0]?.includes("…")).toBe(true);
  });

  it("shows a line whole that just fits", () => {
    const source = "y".repeat(71);
    expect(frame(source, 71)).toEqual([`    12 | ${source}`, `       | ${" ".repeat(70)}^`]);
  });

  it("shows 50 mistakes, and says how many there are besides", () => {
    const lines = renderDiagnostics(Array.from({ length: 60 }, () => at("x", 1))).split("\n");
    expect(lines).toHaveLength(151);
    expect(lines.at(-1)).toBe("… and 10 more");
  });
});
