import { realpathSync, statSync } from "node:fs";
import { quote, systemReason, WorkspaceError } from "../errors.js";
import { scan as scanFor } from "./scan.js";
import type { ScanRules } from "./scan-tree.js";
import { makeSnapshot, partsOf, type Snapshot } from "./snapshot.js";

export interface SnapshotOptions {
  /** What is left out. Default: `.git`, `.sloth`, and what `.slothignore` files name. */
  rules?: ScanRules | undefined;
  /**
   * Where it is kept what was read, so that the next snapshot reads only what changed. A cache: it may be removed at
   * any time. Default: none.
   */
  indexFile?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads a tree: every path with kind, mode, time and the SHA-256 of its content. Sockets, FIFOs and devices are
 * listed in `skipped`. A name that has a backslash in it, begins with a drive letter or is not UTF-8 cannot be
 * carried and is an error, as is a file that cannot be read.
 *
 * The tree may be written to meanwhile: each file is consistent in itself, the whole is not one moment.
 * @throws {WorkspaceError} NOT_A_DIRECTORY, UNREADABLE, BAD_PATH or FILE_CHANGED, naming the path
 */
export async function takeSnapshot(root: string, options: SnapshotOptions = {}): Promise<Snapshot> {
  const realRoot = resolveDirectory(root);
  const { rules, indexFile, signal } = options;
  const scan = await scanFor({ root: realRoot, rules, indexFile }, signal);
  return makeSnapshot({ ...partsOf(realRoot, scan), before: scan.isAsBefore ? scan.encoded : scan.before });
}

/** @throws {WorkspaceError} NOT_A_DIRECTORY */
export function resolveDirectory(root: string): string {
  try {
    if (statSync(root).isDirectory()) return realpathSync(root);
  } catch (cause) {
    const message = `Cannot open the directory ${quote(root)}: ${systemReason(cause)}.`;
    throw new WorkspaceError("NOT_A_DIRECTORY", message, { path: root, cause });
  }
  throw new WorkspaceError("NOT_A_DIRECTORY", `${quote(root)} is not a directory. Name a directory.`, {
    path: root,
  });
}
