import { countChanges } from "../manifest/diff.js";
import type { Changeset } from "../manifest/entry.js";
import { Pace } from "../pacing.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import { commit } from "./commit.js";
import type { CommitArea } from "./commit-area.js";
import type { Conflict } from "./conflict.js";
import { guardChangeset } from "./guard.js";
import { mergeChangeset } from "./merge-changeset.js";
import { type Base, observe } from "./observe.js";
import { stageEntries } from "./stage-entries.js";
import { TreeCursor } from "./tree-cursor.js";

export interface ApplyOptions {
  /** What was sent, taken from the workspace's root. Without identities, every file that is touched is read. */
  base: Base;
  changeset: Changeset;
  /** The contents that are new; not needed when none is. Consumed unless there are conflicts. */
  contents?: StagedContents | undefined;
  /** Heeded until the first path is touched; after that the change is carried through. */
  signal?: AbortSignal | undefined;
  /** Whether the change survives a power cut, which costs some flushes of the disk. Default true. */
  durable?: boolean;
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
  counts: { added: number; modified: number; deleted: number };
}

/** Checks, merges and commits, through `area`, which is fresh. No other `apply` touches the tree meanwhile. */
export async function applyChangeset(
  root: string,
  area: CommitArea,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const { base, changeset, contents } = options;
  const pace = new Pace(options.signal);
  guardChangeset(base.manifest, changeset);
  await pace.rest();
  const cursor = new TreeCursor(root);
  try {
    const observation = await observe(cursor, base, changeset, pace);
    const { apply, conflicts } = mergeChangeset({
      base: base.manifest,
      theirs: changeset,
      ours: observation.ours,
    });
    await pace.rest();
    if (conflicts.length > 0) return { conflicts, counts: { added: 0, modified: 0, deleted: 0 } };
    const upserts = apply.upserts;
    const staged = await stageEntries({
      base: base.manifest,
      upserts,
      contents,
      observation,
      cursor,
      staging: area.location,
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
    return { conflicts, counts: countChanges(base.manifest, apply) };
  } finally {
    cursor.close();
  }
}
