import { type ApplyOptions, type ApplyResult, applyChangeset } from "../apply/apply-changeset.js";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import type { AcquireOptions } from "../lock/process-lock.js";
import type { ScanRules } from "../snapshot/scan-tree.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import { resolveDirectory, takeSnapshot } from "../snapshot/take-snapshot.js";
import { exclusively } from "./exclusive.js";
import { Sharing } from "./shared-work.js";
import { Staging } from "./staging.js";
import { ensureStateDirectory, ensureWorkspaceId } from "./state-directory.js";

/**
 * A directory that tasks work in. Calls may overlap; snapshots and applies of one root, and of workspaces above and
 * below it, run one after the other, whichever process of this machine asks for them.
 */
export interface Workspace {
  /** The real path. */
  readonly root: string;
  /** Random, kept in `.sloth/workspace-id`; a copy of the directory has the same one, so it counts with the path. */
  readonly id: string;
  /**
   * What stands there now; never in the middle of an `apply`. See {@link takeSnapshot}. What was read is kept in
   * `.sloth/index`. Those who ask before the scan begins share it.
   */
  snapshot(options?: WorkspaceSnapshotOptions): Promise<Snapshot>;
  /** A fresh private directory on the file system of the root, for `receiveContents`. Whoever asks removes it. */
  stagingDirectory(): Promise<string>;
  /**
   * Applies what changed against `base`, merged with what changed here meanwhile: all of it or nothing. Conflicts
   * are a result and change nothing; every failure leaves the tree as it was.
   * @throws {WorkspaceError} BAD_CHANGESET, PROTECTED, EXTERNAL_LINK, DELETES_ALL, MISSING_CONTENT, FILE_CHANGED,
   * UNREADABLE, PATH_ESCAPES or IO_FAILED; ROLLBACK_FAILED, the only one after which the tree is not as it was, and
   * which names the directory that has what was replaced
   */
  apply(options: ApplyOptions): Promise<ApplyResult>;
}

export interface WorkspaceSnapshotOptions extends AcquireOptions {
  /** What is left out. Default: `.git`, `.sloth`, and what `.slothignore` files name. */
  rules?: ScanRules | undefined;
}

/**
 * Opens a directory as a workspace: makes `.sloth/` in it, which git ignores, and removes staging that processes left
 * which are no more.
 * @throws {WorkspaceError} NOT_A_DIRECTORY or IO_FAILED
 */
export async function openWorkspace(root: string): Promise<Workspace> {
  const realRoot = resolveDirectory(root);
  const { id, staging } = await withWorkspaceErrors(realRoot, () => openState(realRoot));
  const sharing = new Sharing<Snapshot>();
  return {
    root: realRoot,
    id,
    snapshot: ({ rules, signal, onWait } = {}) =>
      withWorkspaceErrors(realRoot, () =>
        sharing.do(JSON.stringify(rules ?? {}), signal, (shared) =>
          exclusively(realRoot, { onWait, signal: shared.signal }, () => {
            shared.begin();
            return takeSnapshot(realRoot, {
              rules,
              indexFile: `${realRoot}/.sloth/index`,
              signal: shared.signal,
            });
          }),
        ),
      ),
    stagingDirectory: async () => withWorkspaceErrors(realRoot, async () => staging.create()),
    apply: (options) =>
      withWorkspaceErrors(realRoot, () =>
        exclusively(realRoot, options, () => applyIn(realRoot, staging, options)),
      ),
  };
}

async function openState(root: string): Promise<{ id: string; staging: Staging }> {
  const stateDirectory = ensureStateDirectory(root);
  const staging = new Staging(stateDirectory);
  await staging.removeStale();
  return { id: ensureWorkspaceId(stateDirectory), staging };
}

async function applyIn(root: string, staging: Staging, options: ApplyOptions): Promise<ApplyResult> {
  if (options.base.root !== root) {
    const message = `The snapshot is of ${quote(options.base.root)}, not of ${quote(root)}.`;
    throw new WorkspaceError("BAD_CHANGESET", message, { path: options.base.root });
  }
  const directory = staging.create();
  try {
    const result = await applyChangeset(root, directory, options);
    await staging.remove(directory);
    return result;
  } catch (cause) {
    if (cause instanceof WorkspaceError && cause.code === "ROLLBACK_FAILED")
      throw kept(cause, staging.keep(directory));
    await staging.remove(directory);
    throw cause;
  }
}

/** What the operating system refuses becomes IO_FAILED, with its reason. */
async function withWorkspaceErrors<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof WorkspaceError || systemCode(cause) === undefined) throw cause;
    const message = `The working directory ${quote(root)} cannot be used: ${systemReason(cause)}. Nothing was changed.`;
    throw new WorkspaceError("IO_FAILED", message, { path: root, cause });
  }
}

function kept(error: WorkspaceError, directory: string): WorkspaceError {
  return new WorkspaceError(error.code, `${error.message} Look in ${quote(directory)}.`, {
    path: directory,
    cause: error.cause,
  });
}
