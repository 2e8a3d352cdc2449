import { quote, WorkspaceError } from "../errors.js";
import { countChanges } from "../manifest/diff.js";
import type { Changeset } from "../manifest/entry.js";
import { checkPathBelow, topmostAbove } from "../manifest/path-rules.js";
import { Pace } from "../pacing.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import { commit } from "./commit.js";
import type { CommitArea } from "./commit-area.js";
import type { ChangedBy, Conflict } from "./conflict.js";
import { guardChangeset, type Permissions } from "./guard.js";
import { type ConflictPolicy, mergeChangeset } from "./merge-changeset.js";
import type { NameFolding } from "./name-folding.js";
import { type Base, type Observation, observe } from "./observe.js";
import { stageEntries } from "./stage-entries.js";
import { TreeCursor } from "./tree-cursor.js";

export interface ApplyOptions extends Permissions {
  /** What was sent, taken from the workspace's root. Without identities, every file that is touched is read. */
  base: Base;
  changeset: Changeset;
  /** The contents that are new; not needed when none is. They stay, so that a failure costs none: the caller removes them. */
  contents?: StagedContents | undefined;
  /** What becomes of a path where both sides changed something. Default `fail`. */
  onConflict?: ConflictPolicy;
  /**
   * The caller's memory of who last changed a path during this run, such as `task "lint" on build2`. If it is given,
   * a path that it does not know was changed locally.
   */
  changedBy?: ChangedBy;
  /** Heeded until the first path is touched; after that the change is carried through. */
  signal?: AbortSignal | undefined;
  /** Whether the change survives a power cut, which costs some flushes of the disk. Default true. */
  durable?: boolean | undefined;
  /** Called once when something else works in the directory, with the number of its process. */
  onWait?: ((pid: number) => void) | undefined;
  /**
   * Called before each step with its name; for tests.
   * @internal
   */
  onStep?: (name: string) => void;
}

export interface ApplyResult {
  /** If there is one, nothing was changed. */
  conflicts: Conflict[];
  /** What `onConflict` decided: overwritten with `theirs`, left out with `ours`. */
  resolved: Conflict[];
  counts: { added: number; modified: number; deleted: number };
}

/** Where an apply works. */
export interface ApplyPlace {
  root: string;
  /** A fresh one. */
  area: CommitArea;
  folding: NameFolding;
}

/** Checks, merges and commits. Nothing else of ours touches the tree meanwhile. */
export async function applyChangeset(
  { root, area, folding }: ApplyPlace,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const { base, changeset, contents } = options;
  const pace = new Pace(options.signal);
  for (const { path } of changeset.upserts) checkPathBelow(root, path);
  guardChangeset(base.manifest, changeset, options, folding);
  await pace.rest();
  const cursor = new TreeCursor(root);
  try {
    const observation = await observe(cursor, base, changeset, pace);
    const { apply, conflicts, resolved } = mergeChangeset({
      base: base.manifest,
      theirs: changeset,
      ours: observation.ours,
      onConflict: options.onConflict ?? "fail",
      changedBy: options.changedBy,
    });
    await pace.rest();
    if (conflicts.length > 0)
      return { conflicts, resolved: [], counts: { added: 0, modified: 0, deleted: 0 } };
    refuseMounts(apply, observation);
    const { upserts } = apply;
    const staging = area.location;
    const staged = await stageEntries({
      upserts,
      contents,
      observation,
      cursor,
      staging,
      pace,
    });
    options.signal?.throwIfAborted();
    await commit({
      root,
      cursor,
      plan: { changeset: apply, observation, staged, opensDirectories: process.geteuid?.() !== 0 },
      area,
      durable: options.durable ?? true,
      pace: new Pace(undefined),
      onStep: options.onStep ?? (() => undefined),
    });
    return { conflicts, resolved, counts: countChanges(base.manifest, apply) };
  } finally {
    cursor.close();
  }
}

/** Nothing can be renamed onto another file system, so no change there could be part of the whole. */
function refuseMounts({ upserts, deletions }: Changeset, { mounts }: Observation): void {
  if (mounts.size === 0) return;
  const mountAbove = topmostAbove((directory) => mounts.has(directory));
  for (const path of [...upserts.map((entry) => entry.path), ...deletions]) {
    const mount = mountAbove(path) ?? (mounts.has(path) ? path : undefined);
    if (mount === undefined) continue;
    const message = `${quote(path)} cannot be changed together with the rest: ${quote(mount)} is a mount point. Unmount it, ignore it, or make it a workspace of its own.`;
    throw new WorkspaceError("MOUNT_POINT", message, { path: mount });
  }
}
