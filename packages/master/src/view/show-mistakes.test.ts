import { DslError } from "@sloth/dsl";
import { describe, expect, it } from "vitest";
import { showMistakes } from "./show-mistakes.js";

const mistake = { file: "w.lua", line: 2, source: "  f()", message: "no" };

function calls(traceback: string): string[] {
  return showMistakes(new DslError("SCRIPT_ERROR", [mistake], { traceback })).slice(2);
}

describe("showMistakes", () => {
  it("starts a line with the place that it names", () => {
    expect(showMistakes(new DslError("INVALID_WORKFLOW", [{ ...mistake, column: 3 }]))).toEqual([
      "w.lua:2:3: no",
      "    2 |   f()",
      "      |   ^",
    ]);
  });

  it("shows the calls that led to an error, unless there is only the one that is named", () => {
    const main = "stack traceback:\n\t[C]: in function 'error'\n\tw.lua:2: in main chunk";
    expect(calls(main)).toEqual([]);
    expect(calls(`${main}\n\tlib.lua:7: in local 'g'`)).toHaveLength(4);
    expect(calls("stack traceback:\n\tlib.lua:7: in main chunk")).toHaveLength(2);
  });

  it("lets nothing steer the terminal", () => {
    const forged = { file: "w.lua", line: 1, source: "\x1b[2J", message: 'unknown field "\x1b[2J"' };
    expect(showMistakes(new DslError("INVALID_WORKFLOW", [forged])).join("")).not.toContain("\x1b");
  });
});
