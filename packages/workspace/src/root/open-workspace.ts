import { type ApplyOptions, type ApplyResult, applyChangeset } from "../apply/apply-changeset.js";
import { CommitArea } from "../apply/commit-area.js";
import { hasUnfinished, recover } from "../apply/recover.js";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import type { AcquireOptions } from "../lock/process-lock.js";
import type { ScanRules } from "../snapshot/scan-tree.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import { resolveDirectory, takeSnapshot } from "../snapshot/take-snapshot.js";
import { refuseBroadRoot } from "./broad-root.js";
import { detectNameFolding } from "./detect-name-folding.js";
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
   * Applies what changed against `base`, merged with what changed here meanwhile: all of it or nothing, whatever
   * dies when. Conflicts are a result and change nothing; every failure leaves the tree as it was.
   * @throws {WorkspaceError} BAD_PATH, BAD_CHANGESET, PROTECTED, EXTERNAL_LINK, DELETES_ALL, MISSING_CONTENT, FILE_CHANGED,
   * UNREADABLE, PATH_ESCAPES, MOUNT_POINT, NAME_CLASH, RECOVERY_BLOCKED or IO_FAILED; ROLLBACK_FAILED, the only one after which the tree is
   * not as it was, and which names the directory that has what was replaced
   */
  apply(options: ApplyOptions): Promise<ApplyResult>;
}

export interface WorkspaceSnapshotOptions extends AcquireOptions {
  /** What is left out. Default: `.git`, `.sloth`, and what `.slothignore` files name. */
  rules?: ScanRules | undefined;
}

export interface OpenOptions extends AcquireOptions {
  /** Whether the root of the file system or the user's home directory may be a workspace. Default false. */
  allowBroadRoot?: boolean;
  /**
   * For tests, which have no file system that takes two names for one.
   * @internal
   */
  detectFolding?: typeof detectNameFolding;
  /**
   * Called before each step of a recovery with its name; for tests.
   * @internal
   */
  onStep?: (name: string) => void;
}

/**
 * Opens a directory as a workspace: makes `.sloth/` in it, which git ignores, carries through or undoes the change
 * that a dead process left half done, and removes its staging. If a change is under way in a process that lives, it
 * waits for that.
 * @throws {WorkspaceError} NOT_A_DIRECTORY, BROAD_ROOT, IO_FAILED, or RECOVERY_BLOCKED, which names the path that somebody changed
 * since, and says what to do
 */
export async function openWorkspace(root: string, options: OpenOptions = {}): Promise<Workspace> {
  const realRoot = resolveDirectory(root);
  if (options.allowBroadRoot !== true) refuseBroadRoot(realRoot);
  const detectFolding = options.detectFolding ?? detectNameFolding;
  const { id, staging } = await withWorkspaceErrors(realRoot, () => openState(realRoot, options));
  const sharing = new Sharing<Snapshot>();
  const inTurn = <T>(waiting: AcquireOptions, work: () => Promise<T>): Promise<T> =>
    withWorkspaceErrors(realRoot, () => inTurnRecovered(realRoot, waiting, work));
  return {
    root: realRoot,
    id,
    snapshot: ({ rules, signal, onWait } = {}) =>
      sharing.do(JSON.stringify(rules ?? {}), signal, (shared) =>
        inTurn({ onWait, signal: shared.signal }, () => {
          shared.begin();
          return takeSnapshot(realRoot, {
            rules,
            indexFile: `${realRoot}/.sloth/index`,
            signal: shared.signal,
          });
        }),
      ),
    stagingDirectory: async () => withWorkspaceErrors(realRoot, async () => staging.create()),
    apply: (given) => inTurn(given, () => applyIn({ root: realRoot, staging, detectFolding }, given)),
  };
}

async function openState(root: string, options: OpenOptions): Promise<{ id: string; staging: Staging }> {
  const stateDirectory = ensureStateDirectory(root);
  if (hasUnfinished(stateDirectory)) await inTurnRecovered(root, options, async () => undefined);
  const staging = new Staging(stateDirectory);
  await staging.removeStale();
  return { id: ensureWorkspaceId(stateDirectory), staging };
}

/** Works in a tree that nobody else works in, and in which nothing is half done. */
function inTurnRecovered<T>(root: string, options: OpenOptions, work: () => Promise<T>): Promise<T> {
  return exclusively(root, options, async (locked) => {
    for (const each of locked) await recoverOne(each, options.onStep ?? (() => undefined));
    return work();
  });
}

async function recoverOne(root: string, onStep: (name: string) => void): Promise<void> {
  const stateDirectory = `${root}/.sloth`;
  if (!hasUnfinished(stateDirectory)) return;
  const staging = new Staging(stateDirectory);
  await recover({ root, stateDirectory, remove: (location) => staging.remove(location), onStep });
  await staging.removeStale();
}

interface ApplyIn {
  root: string;
  staging: Staging;
  detectFolding: typeof detectNameFolding;
}

async function applyIn(
  { root, staging, detectFolding }: ApplyIn,
  options: ApplyOptions,
): Promise<ApplyResult> {
  if (options.base.root !== root) {
    const message = `The snapshot is of ${quote(options.base.root)}, not of ${quote(root)}.`;
    throw new WorkspaceError("BAD_CHANGESET", message, { path: options.base.root });
  }
  const area = new CommitArea(`${root}/.sloth`, staging.create());
  try {
    return await applyChangeset({ root, area, folding: detectFolding(root, area.location) }, options);
  } finally {
    options.onStep?.("clean up");
    if (area.isOwedNothing) await staging.remove(area.location);
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
