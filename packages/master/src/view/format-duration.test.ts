import { expect, it } from "vitest";
import { formatDuration, formatElapsed } from "./format-duration.js";

it.each([
  [0, "0.0 s", "0 s"],
  [59_900, "59.9 s", "59 s"],
  [59_999, "1 min 00 s", "59 s"],
  [65_400, "1 min 05 s", "1:05"],
  [3_599_700, "1 h 00 min", "59:59"],
  [7_384_000, "2 h 03 min", "2:03:04"],
])("%d ms, when it is over and while it goes on", (ms, over, goesOn) => {
  expect([formatDuration(ms), formatElapsed(ms)]).toEqual([over, goesOn]);
});
