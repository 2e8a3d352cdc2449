import { describe, expect, it } from "vitest";
import { isSignOfLife } from "./liveness.js";

const before = { received: 10, given: 100, waiting: 0 };
const backlogged = { ...before, waiting: 50 };

describe("a connection shows life", () => {
  it.each([
    ["when something is received", before, { ...before, received: 27 }, true],
    [
      "when something is received, though what waits does not move",
      backlogged,
      { ...backlogged, received: 27 },
      true,
    ],
    ["when the kernel takes some of what waits", backlogged, { ...backlogged, waiting: 20 }, true],
    ["when it has taken all that waited", backlogged, { ...backlogged, waiting: 0 }, true],
    [
      "when it has taken all that waited, and as much waits again",
      backlogged,
      { ...backlogged, given: 150 },
      true,
    ],
    ["not when nothing happens", before, before, false],
    ["not when what waits does not move", backlogged, backlogged, false],
    [
      "not when the kernel takes what is sent, which says nothing of the other end",
      before,
      { ...before, given: 150 },
      false,
    ],
    ["not when what is sent begins to wait", before, { ...before, given: 150, waiting: 50 }, false],
  ])("%s", (_, earlier, now, expected) => {
    expect(isSignOfLife(earlier, now)).toBe(expected);
  });
});
