import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Changeset,
  captureChanges,
  decodeChangeset,
  decodeManifest,
  encodeChangeset,
  encodeManifest,
  layOut,
  openWorkspace,
  packContents,
  receiveContents,
  type Snapshot,
  type Workspace,
} from "./index.js";
import { arbitraryTree } from "./testing/arbitrary-tree.js";
import { withTemporaryDirectory } from "./testing/temporary-directory.js";
import { readTree, replaceTree, type Tree, writeTree } from "./testing/tree.js";

/** Carries a tree to `away` as an agent would get it. */
async function send(base: Snapshot, staging: string, away: string): Promise<Snapshot> {
  const manifest = decodeManifest(encodeManifest(base.manifest));
  const stream = packContents(base.root, base.manifest.entries);
  const contents = await receiveContents(stream, { expected: manifest.entries, stagingDir: staging });
  expect(contents.summary).toEqual(stream.summary);
  const copy = await layOut(manifest, contents, away);
  await contents.remove();
  return copy;
}

/** Brings what changed there back. */
async function bringBack(workspace: Workspace, base: Snapshot, copy: Snapshot): Promise<Changeset> {
  const changeset = decodeChangeset(encodeChangeset((await captureChanges(copy)).changeset));
  const contents = await receiveContents(packContents(copy.root, changeset.upserts), {
    expected: changeset.upserts,
    stagingDir: await workspace.stagingDirectory(),
  });
  const result = await workspace.apply({ base, changeset, contents });
  await contents.remove();
  expect(result.conflicts).toEqual([]);
  return changeset;
}

async function roundTrip(directory: string, before: Tree, after: Tree): Promise<void> {
  const home = join(directory, "home");
  const away = join(directory, "away");
  mkdirSync(home);
  writeTree(home, before);
  const workspace = await openWorkspace(home);
  const base = await workspace.snapshot();
  const copy = await send(base, join(directory, "received"), away);
  expect(readTree(away)).toEqual(readTree(home));
  replaceTree(away, after);
  await bringBack(workspace, base, copy);
  expect(readTree(home)).toEqual(readTree(away));
}

describe("a tree that goes away, is changed there, and comes back", () => {
  it("makes any tree exactly any other: bytes, modes, links, empty directories, times", async () => {
    const kept = { kept: { content: "so that not everything is deleted" } };
    await fc.assert(
      fc.asyncProperty(arbitraryTree, arbitraryTree, (before, after) =>
        withTemporaryDirectory((directory) =>
          roundTrip(directory, { ...before, ...kept }, { ...after, ...kept }),
        ),
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});
