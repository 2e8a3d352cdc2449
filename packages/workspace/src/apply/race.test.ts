import { once } from "node:events";
import { copyFileSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { diffManifests } from "../manifest/diff.js";
import { openWorkspace } from "../root/open-workspace.js";
import { takeSnapshot } from "../snapshot/take-snapshot.js";
import { ended, startChild } from "../testing/child.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { readTree, type Tree, writeTree } from "../testing/tree.js";
import type { ApplyOptions } from "./apply-changeset.js";

const RUNS = Number(process.env.SLOTH_RACE_RUNS ?? 50);

/** Two trees to go back and forth between, and a third outside with the names of both and other contents. */
const TREES: [Tree, Tree] = [
  {
    "a/first": { content: "0", mtimeMs: 1000 },
    "d/deleted": { content: "deleted", mtimeMs: 1000 },
    "d/kind": { content: "file", mtimeMs: 1000 },
    "d/mode": { content: "copied when its mode changes", mode: 0o644, mtimeMs: 1000 },
    "d/replaced": { content: "old", mtimeMs: 1000 },
    "d/sub/deep": { content: "old", mtimeMs: 1000 },
    "z/last": { content: "0", mtimeMs: 1000 },
  },
  {
    "a/first": { content: "1", mtimeMs: 1000 },
    "d/added/new": { content: "new", mtimeMs: 1000 },
    "d/kind/x": { content: "x", mtimeMs: 1000 },
    "d/mode": { content: "copied when its mode changes", mode: 0o755, mtimeMs: 1000 },
    "d/replaced": { content: "new", mtimeMs: 1000 },
    "d/sub/deep": { content: "new", mtimeMs: 1000 },
    "z/last": { content: "1", mtimeMs: 1000 },
  },
];
const OUTSIDE: Tree = {
  deleted: { content: "SECRET deleted" },
  kind: { content: "SECRET kind" },
  mode: { content: "SECRET mode" },
  replaced: { content: "SECRET replaced" },
  "sub/deep": { content: "SECRET deep" },
};

/** Swaps `d` for a link to the outside and back, as fast as it can, until it is killed. */
async function startSwapping(root: string) {
  const child = startChild(`
    import { renameSync, symlinkSync, unlinkSync } from "node:fs";
    process.chdir(${JSON.stringify(root)});
    symlinkSync("../outside", "../link");
    process.send("ready");
    for (;;) {
      renameSync("d", "../moved");
      renameSync("../link", "d");
      renameSync("d", "../link");
      renameSync("../moved", "d");
    }`);
  await once(child, "message");
  return child;
}

function endSwapping(root: string): void {
  const moved = join(root, "../moved");
  if (lstatSync(moved, { throwIfNoEntry: false }) === undefined) return;
  if (lstatSync(join(root, "d"), { throwIfNoEntry: false }) !== undefined) unlinkSync(join(root, "d"));
  renameSync(moved, join(root, "d"));
}

it("never leaves the tree while another process swaps a directory for a symlink", async () => {
  const parent = temporaryDirectory();
  const [root, outside] = [join(parent, "root"), join(parent, "outside")];
  const states = ["root", "state1"].map((name) => join(parent, name));
  for (const directory of [...states, outside]) mkdirSync(directory);
  for (const [index, state] of states.entries()) writeTree(state, TREES[index] ?? {});
  mkdirSync(join(parent, "state0"));
  writeTree(join(parent, "state0"), TREES[0]);
  writeTree(outside, OUTSIDE);
  const shown = [readTree(join(parent, "state0")), readTree(join(parent, "state1"))];
  const outsideBefore = readTree(outside);
  const manifests = [
    (await takeSnapshot(join(parent, "state0"))).manifest,
    (await takeSnapshot(join(parent, "state1"))).manifest,
  ];
  const workspace = await openWorkspace(root);

  const received = (state: number): NonNullable<ApplyOptions["contents"]> => {
    const staging = join(parent, "received");
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging);
    for (const { digest, path } of manifests[state]?.entries ?? []) {
      if (digest !== undefined && path !== "d/mode")
        copyFileSync(join(parent, `state${state}`, path), join(staging, digest));
    }
    const names = new Set(readdirSync(staging));
    return {
      summary: { bytes: 0, entries: 0, sha256: "" },
      pathOf: (digest) => (names.has(digest) ? join(staging, digest) : undefined),
      remove: async () => undefined,
    };
  };

  const swapping = await startSwapping(root);
  const outcomes = new Map<string, number>();
  let state = 0;
  for (let run = 0; run < RUNS; run++) {
    const [from = { entries: [] }, to = { entries: [] }] = state === 0 ? manifests : manifests.toReversed();
    const outcome = await workspace
      .apply({
        base: { root, manifest: from },
        changeset: diffManifests(from, to),
        contents: received(1 - state),
        durable: false,
      })
      .then(({ conflicts }) => (conflicts.length === 0 ? "applied" : "conflict"))
      .catch((error) => error.code ?? error.message);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (outcome === "applied") state = 1 - state;
  }
  swapping.kill("SIGKILL");
  expect(await ended(swapping)).toBe("SIGKILL");
  endSwapping(root);

  expect(readTree(outside), JSON.stringify([...outcomes])).toEqual(outsideBefore);
  await openWorkspace(root);
  expect(readTree(root), JSON.stringify([...outcomes])).toEqual(shown[state]);
  expect(readTree(join(root, ".sloth")).join("\n")).not.toContain(Buffer.from("SECRET").toString("hex"));
  if (process.env.SLOTH_RACE_RUNS !== undefined) process.stdout.write(`${JSON.stringify([...outcomes])}\n`);
}, 900_000);
