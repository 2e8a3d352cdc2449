import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPath, checkPathIn, pathIn, validDirectory } from "./path-rules.js";

const name = fc.oneof(
  fc.constantFrom("a", "é", "\u{1f600}", "C:x", "n".repeat(255), "n".repeat(256), "é".repeat(128)),
  fc.constantFrom("", ".", "..", "a\0", "a\\b", "\ud800"),
);
const path = fc.array(name, { minLength: 1, maxLength: 20 }).map((names) => names.join("/"));
const deepPath = fc.integer({ min: 254, max: 258 }).map((levels) => Array(levels).fill("d").join("/"));

describe("a path in a directory that is known to be valid", () => {
  it("is refused exactly when the whole path is", () => {
    const directory = fc
      .oneof(fc.constant(""), path, deepPath)
      .filter((path) => path === "" || isValid(() => checkPath(path)));
    fc.assert(
      fc.property(directory, path, (directory, rest) => {
        const above = validDirectory(directory);
        expect(isValid(() => checkPathIn(above, rest))).toBe(isValid(() => checkPath(pathIn(above, rest))));
      }),
    );
  });
});

function isValid(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
