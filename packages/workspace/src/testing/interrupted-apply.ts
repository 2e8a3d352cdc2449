import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ApplyOptions } from "../apply/apply-changeset.js";
import { diffManifests } from "../manifest/diff.js";
import { takeSnapshot } from "../snapshot/take-snapshot.js";
import { built, ended, startChild } from "./child.js";
import { type Tree, writeTree } from "./tree.js";

/** Two trees between which lies a step of every kind. */
export const OLD_TREE: Tree = {
  "became-a-directory": { content: "file" },
  "became-a-file/inner/x": { content: "x" },
  "became-a-file/y": { content: "y" },
  "became-a-link": { content: "file" },
  closed: { directory: true, mode: 0o555 },
  "closed/deleted": { content: "deleted" },
  "closed/replaced": { content: "old", mode: 0o444 },
  "closed/gone/deep": { content: "deep" },
  "closed/gone": { directory: true, mode: 0o555 },
  empty: { directory: true },
  kept: { content: "kept", mtimeMs: 1000 },
  link: { link: "kept" },
  mode: { content: "mode", mode: 0o644 },
  opened: { directory: true, mode: 0o700 },
  replaced: { content: "old" },
};
export const NEW_TREE: Tree = {
  "added/deep/er": { content: "new" },
  "added/empty": { directory: true, mode: 0o711 },
  "became-a-directory/x": { content: "x now" },
  "became-a-file": { content: "a file now" },
  "became-a-link": { link: "kept" },
  closed: { directory: true, mode: 0o555 },
  "closed/new": { content: "new" },
  "closed/replaced": { content: "new", mode: 0o444 },
  kept: { content: "kept", mtimeMs: 1000 },
  link: { link: "mode" },
  mode: { content: "mode", mode: 0o755 },
  opened: { directory: true, mode: 0o755 },
  replaced: { content: "new" },
};

/** Makes the first tree in `root`, the second one beside it, and returns what leads from one to the other. */
export async function prepareApply(
  root: string,
  [from, to]: readonly [Tree, Tree] = [OLD_TREE, NEW_TREE],
): Promise<ApplyOptions> {
  const source = join(dirname(root), "source");
  for (const directory of [root, source]) mkdirSync(directory);
  writeTree(root, from);
  writeTree(source, to);
  const base = await takeSnapshot(root);
  const changeset = diffManifests(base.manifest, (await takeSnapshot(source)).manifest);
  const places = changeset.upserts.map(({ digest, path }): [string, string] => [
    digest ?? "",
    `${source}/${path}`,
  ]);
  const plain = { base: { root, manifest: { entries: base.manifest.entries } }, changeset, places };
  writeFileSync(join(dirname(root), "input.json"), JSON.stringify(plain));
  return { base, changeset, contents: contentsAt(places), durable: false };
}

function contentsAt(places: [string, string][]): NonNullable<ApplyOptions["contents"]> {
  const byDigest = new Map(places);
  return {
    summary: { bytes: 0, entries: 0, sha256: "" },
    pathOf: (digest) => byDigest.get(digest),
    remove: async () => undefined,
  };
}

/**
 * Applies in another process what {@link prepareApply} made ready, and kills that at a step; how it ended. With
 * `failAt`, the step of that number fails before, which begins the undoing.
 */
export function applyInChild(root: string, killAt: number, failAt = 0): Promise<number | string | null> {
  return ended(
    startChild(`${killingHook(killAt, failAt)}
      import { readFileSync } from "node:fs";
      const input = JSON.parse(readFileSync(${JSON.stringify(join(dirname(root), "input.json"))}, "utf8"));
      const { openWorkspace } = await import(${JSON.stringify(built("root/open-workspace.js"))});
      const places = new Map(input.places);
      const contents = { summary: {}, pathOf: (digest) => places.get(digest), remove: async () => undefined };
      const workspace = await openWorkspace(${JSON.stringify(root)});
      await workspace.apply({ ...input, contents, durable: false, onStep }).catch((error) => {
        if (error !== failure) throw error;
      });
      process.disconnect();`),
  );
}

/** Opens the workspace in another process, which recovers what is unfinished; how that process ended. */
export function openInChild(root: string, killAt: number): Promise<number | string | null> {
  return ended(
    startChild(`${killingHook(killAt, 0)}
      const { openWorkspace } = await import(${JSON.stringify(built("root/open-workspace.js"))});
      await openWorkspace(${JSON.stringify(root)}, { onStep });
      process.disconnect();`),
  );
}

function killingHook(killAt: number, failAt: number): string {
  return `
    let steps = 0;
    const failure = new Error("failed");
    const onStep = () => {
      steps++;
      if (steps === ${killAt}) process.kill(process.pid, "SIGKILL");
      if (steps === ${failAt}) throw failure;
    };`;
}

/**
 * A hook for this process that leaves the disk as a kill at a step would: that step and all after it throw, also
 * those of undoing. With `failAt`, the step of that number throws before, which begins the undoing.
 */
export function dyingHook(dieAt: number, failAt = 0): { onStep: (name: string) => void; names: string[] } {
  const names: string[] = [];
  return {
    names,
    onStep: (name) => {
      names.push(name);
      if (names.length >= dieAt) throw new Error("killed");
      if (names.length === failAt) throw new Error("failed");
    },
  };
}
