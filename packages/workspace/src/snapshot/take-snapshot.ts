import { realpathSync, statSync } from "node:fs";
import { quote, systemReason, WorkspaceError } from "../errors.js";
import { Pace } from "../pacing.js";
import type { FileIdentity } from "./file-identity.js";
import type { Snapshot } from "./snapshot.js";
import { walkTree } from "./walk-tree.js";

/** What changed less than this before the scan is read again: its clock tick may not be over. Git's "racy" rule. */
const RACY_NS = 2_000_000_000n;

/**
 * Reads a tree: every path with kind, mode, time and the SHA-256 of its content, and nothing named `.git` or
 * `.sloth` at any depth. Sockets, FIFOs and devices are listed in `skipped`. A name that has a backslash in it,
 * begins with a drive letter or is not UTF-8 cannot be carried and is an error, as is a file that cannot be read.
 *
 * The tree may be written to meanwhile: each file is consistent in itself, the whole is not one moment.
 * @throws {WorkspaceError} NOT_A_DIRECTORY, UNREADABLE, BAD_PATH or FILE_CHANGED, naming the path
 */
export async function takeSnapshot(root: string, options: { signal?: AbortSignal } = {}): Promise<Snapshot> {
  const pace = new Pace(options.signal);
  const realRoot = resolveDirectory(root);
  const startedNs = BigInt(Date.now()) * 1_000_000n;
  const { entries, identities, skipped } = await walkTree(realRoot, pace, () => undefined);
  return {
    root: realRoot,
    manifest: { entries },
    skipped,
    identities: settled(identities, startedNs - RACY_NS),
  };
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

function settled(identities: ReadonlyMap<string, FileIdentity>, before: bigint): Map<string, FileIdentity> {
  return new Map([...identities].filter(([, { ctimeNs }]) => ctimeNs < before));
}
