import type { ManifestEntry } from "@sloth/workspace";
import { describe, expect, it } from "vitest";
import { describeForecast, warnOfMuch } from "../view/sync-view.js";
import { largestDirectories } from "./largest-directories.js";
import { forecastSync } from "./sync-forecast.js";

const file = (path: string, sizeBytes: number, digest = path): ManifestEntry => ({
  path,
  kind: "file",
  mode: 0o644,
  mtimeUs: 0,
  sizeBytes,
  digest,
});
const directory = (path: string): ManifestEntry => ({
  path,
  kind: "directory",
  mode: 0o755,
  mtimeUs: 0,
  sizeBytes: 0,
});

const entries = [
  directory("a"),
  file("a/1", 10),
  directory("a/b"),
  directory("a/b/c"),
  file("a/b/c/2", 100, "same"),
  directory("b"),
  file("b/3", 100, "same"),
  directory("empty"),
  file("top", 5000),
  directory("zero"),
  file("zero/0", 0),
];

describe("largestDirectories", () => {
  it("counts everything below, in the top two levels", () => {
    expect(largestDirectories(entries, 10)).toEqual([
      { path: "a", files: 2, sizeBytes: 110 },
      { path: "a/b", files: 1, sizeBytes: 100 },
      { path: "b", files: 1, sizeBytes: 100 },
    ]);
  });

  it.each([
    [0, []],
    [1, ["a"]],
    [2, ["a", "a/b"]],
  ])("gives the first %d", (count, paths) => {
    expect(largestDirectories(entries, count).map(({ path }) => path)).toEqual(paths);
  });

  it("gives none of an empty tree", () => {
    expect(largestDirectories([], 10)).toEqual([]);
  });
});

describe("forecastSync", () => {
  const snapshot = { manifest: { entries }, skipped: ["pipe"] };

  it("takes all for new when nobody was asked, each content once", () => {
    expect(forecastSync(snapshot)).toMatchObject({
      files: 5,
      sizeBytes: 5210,
      newContents: 3,
      newBytes: 5110,
      skipped: ["pipe"],
    });
  });

  it("counts what the agent lacks", () => {
    const forecast = forecastSync(snapshot, new Set(["same"]));
    expect(forecast).toMatchObject({ files: 5, newContents: 1, newBytes: 100 });
    expect(forecast.largest.map(({ path }) => path)).toEqual(["a", "a/b", "b"]);
    expect(forecastSync(snapshot, new Set())).toMatchObject({ newContents: 0, newBytes: 0, largest: [] });
  });
});

describe("what a forecast says", () => {
  const much = [file("x/y/1", 90_000_000), file("z/1", 20_000_000), file("w/1", 1000)];
  const forecast = (all: ManifestEntry[], skipped: string[] = []) =>
    forecastSync({ manifest: { entries: all }, skipped });

  it("names the place, the amounts, the largest directories and what is skipped", () => {
    const place = { workspace: "/w", agent: "build1", groups: ["a", "b"] };
    const skipped = ["1", "2\n", "3", "4", "5", "6", "7"];
    expect(describeForecast(place, forecast(much, skipped), true)).toEqual([
      '/w to build1, for "a", "b"',
      "    3 files of 110 MB",
      "    to send: 110 MB in 3 contents, if nothing is there yet",
      "    the largest directories of it:",
      "       90 MB  x/ (1 file)",
      "       90 MB  x/y/ (1 file)",
      "       20 MB  z/ (1 file)",
      "      1.0 kB  w/ (1 file)",
      "    not sent, as they are special files: 1, 2\\x0a, 3, 4, 5 and 2 more",
    ]);
    expect(describeForecast(place, forecast([]), false)).toEqual([
      '/w to build1, for "a", "b"',
      "    0 files of 0 B",
      "    to send: 0 B in 0 contents",
    ]);
  });

  it("warns beyond 100 MB, and names each large directory once", () => {
    expect(warnOfMuch("build1", forecast([file("x/1", 100_000_000)]))).toBeUndefined();
    const warning = warnOfMuch("build1", forecast(much));
    expect(warning).toMatch(/110 MB are new to build1, most of it in x\/ \(90 MB\), z\/ \(20 MB\)\./);
    expect(warnOfMuch("build1", forecast([file("1", 200_000_000)]))).toMatch(/200 MB are new to build1\./);
  });
});
