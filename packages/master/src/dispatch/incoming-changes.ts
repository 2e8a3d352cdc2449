import { createHash } from "node:crypto";
import {
  type AgentServiceClient,
  type LinkSpeed,
  PieceCollector,
  ProtocolError,
  readTransfer,
  requireDigest,
  WIRE_LIMITS,
} from "@sloth/protocol";
import type { TaskResult } from "@sloth/runtime";
import {
  type Changeset,
  type Conflict,
  decodeChangeset,
  type ManifestEntry,
  newContents,
  receiveContents,
  type Snapshot,
  type StagedContents,
  type Workspace,
  WorkspaceError,
  type WorkspaceErrorCode,
} from "@sloth/workspace";

/** A part of the encoded changeset; the last one says what the whole is. */
export interface ChangesPiece {
  data: Uint8Array;
  last: boolean;
  digest: string;
  contents: boolean;
}

/** All of it, and whether contents wait for download. */
export interface EncodedChanges {
  bytes: Uint8Array;
  hasContents: boolean;
}

/** Joins the pieces of a changeset. */
export class ChangesCollector {
  readonly #pieces = new PieceCollector(WIRE_LIMITS.manifestBytes);

  /** The whole, when this was the last piece. @throws {ProtocolError} LIMIT, DIGEST_MISMATCH */
  add(piece: ChangesPiece): EncodedChanges | undefined {
    const bytes = this.#pieces.add(piece);
    if (!bytes) return undefined;
    const counted = createHash("sha256").update(bytes).digest("hex");
    requireDigest("The list of what the task changed", counted, piece.digest);
    return { bytes, hasContents: piece.contents };
  }
}

/** Changes that are not applied, and why. */
export interface UnappliedChanges {
  base: Snapshot;
  changeset: Changeset;
  contents: StagedContents | undefined;
  why: "failed" | "timed-out" | "cancelled" | "conflict" | "refused";
  /** For a person. */
  message: string | undefined;
}

/** Puts changes where they can be looked at, and says where; for a person. */
export type KeepChanges = (changes: UnappliedChanges) => Promise<string>;

export interface TakeOverOptions {
  /** How the task ended; its changes are applied only if it succeeded. */
  result: TaskResult;
  changes: EncodedChanges;
  /** What the attempt was given. */
  base: Snapshot;
  workspace: Workspace;
  keep: KeepChanges;
  /** Where the contents come from. */
  client: AgentServiceClient;
  transferId: string;
  link: LinkSpeed;
  signal: AbortSignal;
}

/** Changes that are never taken over, however often the task runs. */
const REFUSALS: ReadonlySet<WorkspaceErrorCode> = new Set(["PROTECTED", "EXTERNAL_LINK", "DELETES_ALL"]);

/**
 * Receives the new contents into staging, and merges and applies the changes of a task that succeeded: all, or
 * nothing. What is not applied is kept. Returns how the task ended with that: what is refused is its own doing, so it
 * fails as one whose command failed.
 * @throws {ProtocolError}, {WorkspaceError} when the agent or the disk fails; nothing is applied then either.
 */
export async function takeOverChanges(options: TakeOverOptions): Promise<TaskResult> {
  const { changes, base, result } = options;
  const changeset = decodeChangeset(changes.bytes);
  const expected = newContents(base.manifest, changeset);
  if (changes.hasContents !== expected.length > 0) {
    throw new ProtocolError("UNEXPECTED_FRAME", "The agent's changes and its contents do not fit.");
  }
  const contents = changes.hasContents ? await download(expected, options) : undefined;
  try {
    if (result.status === "succeeded") return await applyChanges(changeset, contents, options);
    const why = result.status === "lost" ? "failed" : result.status;
    return await kept({ base, changeset, contents, why, message: result.message }, options);
  } finally {
    await contents?.remove();
  }
}

async function applyChanges(
  changeset: Changeset,
  contents: StagedContents | undefined,
  options: TakeOverOptions,
): Promise<TaskResult> {
  const { base, workspace, result, signal } = options;
  const refused = (why: "conflict" | "refused", message: string) => {
    const failed: TaskResult = { ...result, status: "failed", message };
    return kept({ base, changeset, contents, why, message }, { ...options, result: failed });
  };
  try {
    const { conflicts, counts } = await workspace.apply({ base, changeset, contents, signal });
    return conflicts.length > 0
      ? refused("conflict", explainConflicts(conflicts))
      : { ...result, changes: counts };
  } catch (error) {
    if (!(error instanceof WorkspaceError) || !REFUSALS.has(error.code)) throw error;
    return refused(
      "refused",
      `It succeeded, but its changes are refused; nothing was applied: ${error.message}`,
    );
  }
}

async function kept(changes: UnappliedChanges, { keep, result }: TakeOverOptions): Promise<TaskResult> {
  const where = await keep(changes);
  return { ...result, message: [result.message, where].filter(Boolean).join("\n") };
}

async function download(expected: ManifestEntry[], options: TakeOverOptions): Promise<StagedContents> {
  const { client, transferId, workspace, link, signal } = options;
  const transfer = readTransfer(client.download({ header: { transferId }, isSlow: link.isSlow }, { signal }));
  const stagingDir = await workspace.stagingDirectory();
  const startedAt = performance.now();
  const contents = await receiveContents(transfer.chunks, { expected, stagingDir, signal });
  try {
    transfer.check(contents.summary);
    link.note(contents.summary.bytes, performance.now() - startedAt);
    return contents;
  } catch (error) {
    await contents.remove();
    throw error;
  }
}

function explainConflicts(conflicts: readonly Conflict[]): string {
  const lines = conflicts.slice(0, 20).map(({ path, reason }) => `  ${path}: ${reason}`);
  const more = conflicts.length > lines.length ? [`  and ${conflicts.length - lines.length} more`] : [];
  const head = "It succeeded, but its changes conflict with the working directory; nothing was applied:";
  return [head, ...lines, ...more].join("\n");
}
