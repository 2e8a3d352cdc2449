import { describe, expect, it } from "vitest";
import { parseLabelExpression } from "./parse-label-expression.js";

describe("labels as they are typed", () => {
  it.each([
    ["os=linux", { os: "linux" }],
    ["os=linux,gpu", { os: "linux", gpu: true }],
    ["gpu=true,cpus=8", { gpu: "true", cpus: "8" }],
    ["a.b/c=x=y", { "a.b/c": "x=y" }],
  ])("%s", (text, value) => {
    expect(parseLabelExpression(text)).toEqual({ value });
  });

  it.each(["", "a=", "=b", "a=1,,b=2", "a b=1", "a=1,a=2"])("%j is refused", (text) => {
    expect(parseLabelExpression(text)).toHaveProperty("problem");
  });
});
