import { join } from "node:path";
import type { KeptAbout } from "../kept-changes/kept-about.js";
import { saveChanges } from "../kept-changes/save-changes.js";
import { diffManifests } from "../manifest/diff.js";
import { takeSnapshot } from "../snapshot/take-snapshot.js";
import { newContents } from "../transfer/new-contents.js";
import { temporaryDirectory } from "./temporary-directory.js";
import { transfer } from "./transfer.js";
import { replaceTree, type Tree, writeTree } from "./tree.js";

export function about(workspaceRoot: string, fields: Partial<KeptAbout> = {}): KeptAbout {
  return {
    run: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    group: "build",
    task: "compile",
    attempt: 1,
    agent: "build1:50051",
    workspaceRoot,
    why: "failed",
    timeMs: 1_700_000_000_000,
    protect: [],
    workflowFiles: [],
    ...fields,
  };
}

/** Keeps what turns one tree into another. The directory has the tree as it was. */
export async function keep(before: Tree, after: Tree, fields: Partial<KeptAbout> = {}) {
  const root = temporaryDirectory();
  const copy = temporaryDirectory();
  writeTree(root, before);
  const { entries } = (await takeSnapshot(root)).manifest;
  const base = { entries };
  replaceTree(copy, after);
  const changeset = diffManifests(base, (await takeSnapshot(copy)).manifest);
  const contents = await transfer(copy, newContents(base, changeset));
  const directory = join(temporaryDirectory(), "runs", "r", "changes");
  await saveChanges(directory, { base, changeset, contents, about: about(root, fields) });
  return { root, base, changeset, directory };
}
