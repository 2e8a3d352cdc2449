import type { Delegation } from "@sloth/dsl";
import { describe, expect, it } from "vitest";
import { formatDelegation } from "./format-delegation.js";

describe("formatDelegation", () => {
  it.each<[Delegation, string]>([
    [{ kind: "address", host: "::1", port: 7 }, "[::1]:7"],
    [{ kind: "name", name: "farm", max: 2 }, "farm max 2"],
    [
      { kind: "labels", labels: { os: "linux", gpu: true, cores: 8, arm: false } },
      "os=linux,gpu,cores=8,arm=false",
    ],
    [
      {
        kind: "any",
        of: [
          { kind: "name", name: "a" },
          { kind: "labels", labels: { gpu: true } },
        ],
        max: 3,
      },
      "a|gpu max 3",
    ],
  ])("%j", (delegation, text) => {
    expect(formatDelegation(delegation)).toBe(text);
  });
});
