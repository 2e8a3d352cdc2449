import { mkdirSync, readdirSync } from "node:fs";
import { quote, systemReason, WorkspaceError } from "../errors.js";
import { type Manifest, walkEntries } from "../manifest/entry.js";
import { indexOf, makeSnapshot, type Snapshot } from "../snapshot/snapshot.js";
import { resolveDirectory } from "../snapshot/take-snapshot.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import { BodyUses } from "./body-uses.js";
import { updateTree } from "./update-tree.js";

/**
 * Makes a tree of a manifest and its contents in `dir`, which is created or must be empty, and which nobody else
 * may write to meanwhile. Files have exactly the mode and the time of their entries. The returned snapshot is the
 * base for `captureChanges`.
 *
 * Consumes `contents`, which may be undefined when every file is empty. After a failure `dir` holds a part of the tree; the caller removes it.
 * @throws {WorkspaceError} NOT_EMPTY, BAD_PATH, MISSING_CONTENT, PROTECTED or IO_FAILED
 */
export async function layOut(
  manifest: Manifest,
  contents: StagedContents | undefined,
  dir: string,
  options: { signal?: AbortSignal } = {},
): Promise<Snapshot> {
  const root = prepare(dir);
  return await updateTree({
    current: makeSnapshot({ root, ...indexOf({ entries: [] }, () => undefined) }),
    target: manifest,
    contents: new BodyUses(contents, walkEntries(manifest)),
    signal: options.signal,
  });
}

function prepare(dir: string): string {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const message = `Cannot create the directory ${quote(dir)}: ${systemReason(cause)}.`;
    throw new WorkspaceError("IO_FAILED", message, { path: dir, cause });
  }
  const root = resolveDirectory(dir);
  if (readdirSync(root).length === 0) return root;
  const message = `The directory ${quote(dir)} is not empty. A tree is only laid out in an empty one.`;
  throw new WorkspaceError("NOT_EMPTY", message, { path: dir });
}
