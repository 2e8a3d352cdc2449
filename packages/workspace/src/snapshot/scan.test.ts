import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptTrees } from "../kept-trees/kept-trees.js";
import { arbitraryTree } from "../testing/arbitrary-tree.js";
import { temporaryDirectory, withTemporaryDirectory } from "../testing/temporary-directory.js";
import { replaceTree, writeTree } from "../testing/tree.js";
import { scan, scanHere } from "./scan.js";
import { scanOnThread } from "./scan-threads.js";
import { takeSnapshot } from "./take-snapshot.js";

const RUNS = Number(process.env.SLOTH_PROPERTY_RUNS ?? 30);

function smallFiles(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n % 7}/${n}`, { content: `${n}` }]));
}

describe("a scan on the thread that asks", () => {
  it("finds what one on a thread of its own finds", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTree, arbitraryTree, (before, after) =>
        withTemporaryDirectory(async (root) => {
          writeTree(root, before);
          const { index: known } = await takeSnapshot(root);
          replaceTree(root, after);
          for (const job of [{ root }, { root, known }, { root, known, isCapture: true }]) {
            const [here, there] = [scanHere(job, Number.POSITIVE_INFINITY), await scanOnThread(job)];
            // A thread makes a plain array of a buffer.
            expect(here && structuredClone(here)).toEqual(there);
          }
        }),
      ),
      { numRuns: RUNS },
    );
  });

  it("stops and leaves nothing behind when it takes longer than it may", async () => {
    const [root, beside] = [temporaryDirectory(), temporaryDirectory()];
    writeTree(root, smallFiles(50));
    expect(scanHere({ root, indexFile: join(beside, "index") }, -1)).toBeUndefined();
    expect(readdirSync(beside)).toEqual([]);
  });

  it("is followed by one on a thread when a tree that was small is not any more", async () => {
    const [root, beside] = [temporaryDirectory(), temporaryDirectory()];
    const indexFile = join(beside, "index");
    await scan({ root, indexFile });
    writeTree(root, smallFiles(5000));
    expect(await scan({ root, indexFile })).toMatchObject({ entries: 5007, filesRead: 5000 });
  });
});

it("writes nothing beside a kept tree in which nothing was changed", async () => {
  const trees = new KeptTrees(temporaryDirectory());
  const written = () => ["index", "about.json"].map((name) => statSync(`${directory}/${name}`).ino);
  let directory = "";
  const seen: number[][] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const tree = trees.lease({ id: "w", root: "/w" });
    directory = join(tree.root, "..");
    await tree.verify({});
    // An empty tree is not kept, but what is ignored in it.
    await tree.update(undefined, { keepIgnored: true });
    expect((await tree.capture()).changeset).toEqual({ upserts: [], deletions: [] });
    await tree.release();
    expect(existsSync(`${directory}/lock`)).toBe(false);
    seen.push(written());
  }
  expect(seen[2]).toEqual(seen[1]);
});
