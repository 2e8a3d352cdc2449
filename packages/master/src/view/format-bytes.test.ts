import { expect, it } from "vitest";
import { formatBytes } from "./format-bytes.js";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9949, "9.9 kB"],
  [9960, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [104_857_600, "105 MB"],
  [2 * 1024 ** 3, "2.1 GB"],
  [5e15, "5000 TB"],
])("shows %d bytes as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
