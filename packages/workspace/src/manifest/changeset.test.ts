import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryManifest } from "../testing/arbitrary-manifest.js";
import { directory, file, manifest, symlink } from "../testing/entries.js";
import { decodeChangeset, encodeChangeset } from "./changeset-codec.js";
import { countChanges, diffManifests, patchManifest } from "./diff.js";
import type { Changeset } from "./entry.js";

const base = manifest(directory("d"), file("d/x", "x"), file("f", "f"), symlink("l", "f"));

describe("a changeset", () => {
  it("turns any tree into any other, also after it was encoded and decoded", () => {
    fc.assert(
      fc.property(arbitraryManifest, arbitraryManifest, (before, after) => {
        const changeset = decodeChangeset(encodeChangeset(diffManifests(before, after)));
        expect(patchManifest(before, changeset)).toEqual(after);
      }),
    );
  });

  it("is empty between equal trees", () => {
    fc.assert(
      fc.property(arbitraryManifest, (tree) => {
        expect(diffManifests(tree, tree)).toEqual({ upserts: [], deletions: [] });
      }),
    );
  });

  it("has a file whose time alone differs", () => {
    const touched = manifest(file("f", "f", 0o644, 5));
    expect(diffManifests(manifest(file("f", "f", 0o644, 4)), touched).upserts).toEqual(touched.entries);
  });

  it("lists what was in a directory that became a file, and the file only as an upsert", () => {
    const after = manifest(file("d", "now a file"), file("f", "f"), symlink("l", "f"));
    expect(diffManifests(base, after)).toEqual({ upserts: [file("d", "now a file")], deletions: ["d/x"] });
  });

  it("counts what is added, modified and deleted", () => {
    const changeset = { upserts: [file("f", "2"), file("g", "g")], deletions: ["d", "d/x"] };
    expect(countChanges(base, changeset)).toEqual({ added: 1, modified: 1, deleted: 2 });
  });

  const misfits: [string, Changeset][] = [
    ["deletes what was never there", { upserts: [], deletions: ["nothing"] }],
    ["removes a directory but not what is in it", { upserts: [], deletions: ["d"] }],
    ["makes a directory a file but leaves what is in it", { upserts: [file("d", "")], deletions: [] }],
    ["adds to a directory that does not exist", { upserts: [file("e/x", "")], deletions: [] }],
    ["adds below a file", { upserts: [file("f/x", "")], deletions: [] }],
    ["adds below a symlink", { upserts: [file("l/x", "")], deletions: [] }],
    ["adds to a directory that it removes", { upserts: [file("d/y", "")], deletions: ["d", "d/x"] }],
  ];
  it.each(misfits)("is refused when it %s", (_, changeset) => {
    expect(() => patchManifest(base, changeset)).toThrow(expect.objectContaining({ code: "BAD_CHANGESET" }));
  });

  const contradictions: [string, Changeset][] = [
    ["a path changed and deleted", { upserts: [file("f", "")], deletions: ["f"] }],
    ["a change below a deletion", { upserts: [file("d/e/f", "")], deletions: ["d"] }],
    ["a change below a file", { upserts: [file("f", ""), file("f/x", "")], deletions: [] }],
    ["a change below a symlink", { upserts: [symlink("f", "g"), file("f/x/y", "")], deletions: [] }],
    ["a path twice", { upserts: [], deletions: ["f", "f"] }],
    ["paths out of order", { upserts: [file("g", ""), file("f", "")], deletions: [] }],
    ["deletions out of order", { upserts: [], deletions: ["d/x", "d"] }],
  ];
  it.each(contradictions)("is not encoded with %s", (_, changeset) => {
    expect(() => encodeChangeset(changeset)).toThrow(expect.objectContaining({ code: "BAD_CHANGESET" }));
  });

  it.each(["..", "../x", "/", "/etc", "", ".", "a/../b", "a\0", "a\\b", "C:"])("cannot delete %j", (path) => {
    const encoded = Buffer.concat([
      Buffer.from("slC\x01\0\x01\0"),
      Buffer.from([path.length]),
      Buffer.from(path),
    ]);
    expect(() => decodeChangeset(encoded)).toThrow(expect.objectContaining({ name: "WorkspaceError" }));
  });

  it("is refused with more deletions than the limit", () => {
    const encoded = encodeChangeset({ upserts: [file("a", "")], deletions: ["b", "c"] });
    expect(() => decodeChangeset(encoded, { entries: 2 })).toThrow(
      expect.objectContaining({ code: "LIMIT" }),
    );
  });
});
