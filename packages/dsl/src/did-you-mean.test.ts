import { describe, expect, it } from "vitest";
import { didYouMean } from "./did-you-mean.js";

describe("didYouMean", () => {
  it.each([
    ["biuld", "build"],
    ["timout", "timeout"],
    ["Tasks", "tasks"],
    ["dependson", "depends_on"],
  ])("finds for %s the word %s", (word, expected) => {
    expect(didYouMean(word, ["tasks", "build", "timeout", "depends_on"])).toBe(
      `. Did you mean "${expected}"?`,
    );
  });

  it("says nothing when no word is near", () => {
    expect(didYouMean("xyzzy", ["tasks", "build"])).toBe("");
    expect(didYouMean("a", [])).toBe("");
  });
});
