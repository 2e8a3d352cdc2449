import { describe, expect, it } from "vitest";
import { patternProblem, protectionProblem } from "./path-pattern.js";

describe("patternProblem", () => {
  it.each([
    "a",
    "*.o",
    "/build/",
    "!keep",
    "!/.git",
    "**/x",
    "a b",
    "\\#x",
    "\\!x",
    "x\\\\",
    "..name",
    "...",
    "[a-z]",
  ])("accepts %j", (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
    expect(protectionProblem(pattern)).toBeUndefined();
  });

  it.each([
    ["", 'the empty pattern ""'],
    ["!", 'the empty pattern "!"'],
    ["/", "empty"],
    ["  ", "empty"],
    ["a\nb", "line break"],
    ["a\0b", "NUL"],
    ["#x", "comment"],
    ["x\\", "lone backslash"],
    ["../x", "out of the working directory"],
    ["a/../b", "out of the working directory"],
    ["./x", 'leave out "."'],
  ])("refuses %j", (pattern, problem) => {
    expect(patternProblem(pattern)).toContain(problem);
  });

  it.each(["!.sloth", "!/.sloth/", "!.sloth/runs", "!**/.sloth", "!.SLOTH"])(
    "never releases sloth's own files by %j",
    (pattern) => {
      expect(protectionProblem(pattern)).toContain("always protected");
    },
  );
});
