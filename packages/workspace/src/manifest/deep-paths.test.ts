import { describe, expect, it } from "vitest";
import { guardChangeset } from "../apply/guard.js";
import { mergeChangeset } from "../apply/merge-changeset.js";
import { directory, file, manifest } from "../testing/entries.js";
import { decodeChangeset, encodeChangeset } from "./changeset-codec.js";
import { addWithAncestors, ancestorsOf, topmostAbove } from "./path-rules.js";

/** A chain of 255 directories with many entries at its end: few bytes when front-coded, many levels when not. */
function deepChangeset(count: number) {
  const chain = Array.from({ length: 255 }, () => "abcdefghijklmn").join("/");
  const directories = [...ancestorsOf(chain), chain].map((path) => directory(path));
  const entries = Array.from({ length: count }, (_, index) =>
    directory(`${chain}/${String(index).padStart(6, "0")}`),
  );
  return { upserts: [...directories, ...entries], deletions: ["z"] };
}

describe("many paths at the greatest depth", () => {
  // Took more than ten seconds when each level of each path was looked at.
  it("are decoded, judged and merged in the time that their bytes are worth", { timeout: 60_000 }, () => {
    const base = manifest(file("kept", "x"), file("z", ""));
    const bytes = encodeChangeset(deepChangeset(5000));
    const startedMs = performance.now();
    const theirs = decodeChangeset(bytes);
    guardChangeset(base, theirs);
    const ours = new Map(base.entries.map((entry) => [entry.path, entry]));
    expect(mergeChangeset({ base, theirs, ours }).apply).toEqual(theirs);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });
});

describe("directories above a path", () => {
  it("are asked about once, and the topmost that fits is found", () => {
    const asked: string[] = [];
    const find = topmostAbove((path) => {
      asked.push(path);
      return path === "a/b" || path === "a/b/c";
    });
    expect([find("a/b/c/d"), find("a/b/c/e"), find("a/x"), find("a")]).toEqual([
      "a/b",
      "a/b",
      undefined,
      undefined,
    ]);
    expect(asked).toEqual(["a", "a/b"]);
  });

  it("are added to a set before what is in them, once", () => {
    const paths = new Set<string>();
    for (const path of ["a/b/c", "a/b/d", "e"]) addWithAncestors(paths, path);
    expect([...paths]).toEqual(["a", "a/b", "a/b/c", "a/b/d", "e"]);
  });
});
