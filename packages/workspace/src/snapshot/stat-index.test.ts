import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffManifests } from "../manifest/diff.js";
import { arbitraryManifest } from "../testing/arbitrary-manifest.js";
import { arbitraryTree } from "../testing/arbitrary-tree.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { readTree, writeTree } from "../testing/tree.js";
import { contentBitmap, entriesOfBitmap } from "../transfer/content-bitmap.js";
import { diffIndexes } from "./diff-indexes.js";
import { readIndexFile, writeIndexFile } from "./index-file.js";
import { newSince } from "./new-since.js";
import { scanTree } from "./scan-tree.js";
import { indexOf, makeSnapshot } from "./snapshot.js";
import { takeSnapshot } from "./take-snapshot.js";

const none = () => undefined;
/** Long enough ago for its identity to be trusted, without waiting. */
const settledAt = (ms: number) => ({ now: Date.now() + ms });

function later<T>(work: () => T): T {
  const { now } = settledAt(10_000);
  const original = Date.now;
  Date.now = () => now;
  try {
    return work();
  } finally {
    Date.now = original;
  }
}

/** Whether one path is the other or above it. */
function meet(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

describe("an index of what was read", () => {
  it("saves reading what has not changed, and no more than that", () => {
    const root = temporaryDirectory();
    writeTree(root, { a: { content: "1" }, "d/b": { content: "2" }, l: { link: "a" } });
    const first = later(() => scanTree(root));
    const again = later(() => scanTree(root, { known: first }));
    expect([first.filesRead, again.filesRead]).toEqual([2, 0]);
    expect(again.encoded).toEqual(first.encoded);
    writeTree(root, { "d/b": { content: "3", mtimeMs: 1000 }, c: { content: "" } });
    const changed = later(() => scanTree(root, { known: again }));
    expect(changed.filesRead).toBe(2);
    expect(changed.rootDigest).toBe(later(() => scanTree(root)).rootDigest);
  });

  it("never changes what a scan finds, whatever was done to the tree since", () => {
    const runs = Number(process.env.SLOTH_PROPERTY_RUNS ?? 60);
    fc.assert(
      fc.property(arbitraryTree, arbitraryTree, fc.subarray([0, 1, 2, 3, 4, 5]), (before, edits, kept) => {
        const root = temporaryDirectory();
        writeTree(root, before);
        const known = later(() => scanTree(root));
        // Some entries stay as they are, some go, and some that come take a path in which something stood.
        for (const [index, path] of Object.keys(before).entries())
          if (!kept.includes(index)) rmSync(join(root, path), { recursive: true, force: true });
        for (const [path, node] of Object.entries(edits)) {
          if (Object.keys(before).some((other) => meet(path, other))) continue;
          writeTree(root, { [path]: node });
        }
        const again = later(() => scanTree(root, { known }));
        const anew = later(() => scanTree(root));
        expect(again.encoded).toEqual(anew.encoded);
        expect(again.identities).toEqual(anew.identities);
        expect(again.rootDigest).toBe(anew.rootDigest);
        expect([again.entries, again.contentBytes]).toEqual([anew.entries, anew.contentBytes]);
      }),
      { numRuns: runs },
    );
  });

  it("vouches for nothing that is so young that its clock tick may not be over", () => {
    const root = temporaryDirectory();
    writeTree(root, { a: { content: "1" } });
    expect(scanTree(root, { known: scanTree(root) }).filesRead).toBe(1);
  });

  it("is ignored when any byte of its file is another, or it is of another directory", () => {
    const root = temporaryDirectory();
    const file = join(temporaryDirectory(), "index");
    writeTree(root, { a: { content: "1" }, "d/b": { content: "2" } });
    writeIndexFile(
      file,
      root,
      later(() => scanTree(root)),
    );
    const good = readFileSync(file);
    expect(readIndexFile(file, root)).toBeDefined();
    expect(readIndexFile(file, temporaryDirectory())).toBeUndefined();
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      writeFileSync(file, bad);
      expect(readIndexFile(file, root)).toBeUndefined();
      writeFileSync(file, good.subarray(0, at));
      expect(readIndexFile(file, root)).toBeUndefined();
    }
  });

  it("is not needed: a directory in its place costs nothing but time", async () => {
    const root = temporaryDirectory();
    writeTree(root, { a: { content: "1" } });
    const indexFile = temporaryDirectory();
    const { rootDigest } = await takeSnapshot(root, { indexFile });
    expect(rootDigest).toBe((await takeSnapshot(root)).rootDigest);
    expect(readTree(indexFile)).toEqual([]);
  });

  it("leaves nothing of one that a process which was killed had half written, also where it is not written again", async () => {
    const [root, state] = [temporaryDirectory(), temporaryDirectory()];
    writeTree(root, { a: { content: "1" } });
    utimesSync(join(root, "a"), 1, 1);
    const indexFile = join(state, "index");
    for (let round = 0; round < 3; round++) {
      writeFileSync(join(state, "index.new"), "half");
      await takeSnapshot(root, { indexFile });
      expect(readdirSync(state)).toEqual(["index"]);
    }
  });

  it("tells what changed as two manifests do", () => {
    fc.assert(
      fc.property(arbitraryManifest, arbitraryManifest, (before, after) => {
        const changes = diffIndexes(indexOf(before, none).index, indexOf(after, none).index);
        expect(changes).toEqual(diffManifests(before, after));
      }),
    );
  });

  it("gives back the manifest that it was made of", () => {
    fc.assert(
      fc.property(arbitraryManifest, (given) => {
        const snapshot = makeSnapshot({ root: "/", ...indexOf(given, none) });
        expect(snapshot.manifest.entries).toEqual(given.entries);
        expect(snapshot.entries).toBe(given.entries.length);
      }),
    );
  });

  it("tells what is new since the one before, unless that is much", () => {
    const root = temporaryDirectory();
    writeTree(root, { "a/b": { content: "1" }, "c/d": { content: "2" } });
    const before = scanTree(root);
    writeTree(root, { "a/b": { content: "3".repeat(100) } });
    const snapshot = makeSnapshot({ root, ...scanTree(root), index: scanTree(root), before: before.encoded });
    expect(newSince(snapshot, 1000).entries.map(({ path }) => path)).toEqual(["a/b"]);
    expect(newSince(snapshot, 1000).listings.length).toBeLessThan(snapshot.encoded.length);
    expect(newSince(snapshot, 99)).toEqual({ listings: new Uint8Array(), entries: [] });
    const same = makeSnapshot({ root, ...before, index: before, before: before.encoded });
    expect(newSince(same, 1000)).toEqual({ listings: new Uint8Array(), entries: [] });
  });
});

describe("a bitmap of contents", () => {
  it("means the entries that it was made of", () => {
    fc.assert(
      fc.property(arbitraryManifest, fc.infiniteStream(fc.boolean()), ({ entries }, choices) => {
        const chosen = entries.filter(({ sizeBytes }) => sizeBytes > 0 && choices.next().value);
        const digests = new Set(chosen.map(({ digest }) => digest));
        const meant = entries.filter(({ digest }) => digest !== undefined && digests.has(digest));
        expect([...entriesOfBitmap(entries, contentBitmap(entries, chosen))]).toEqual(meant);
      }),
    );
  });

  it("of another tree is refused", () => {
    expect(() => entriesOfBitmap([], new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: "BAD_MANIFEST" }),
    );
  });
});
