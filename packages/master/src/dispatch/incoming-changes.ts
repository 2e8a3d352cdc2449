import { createHash } from "node:crypto";
import {
  type AgentServiceClient,
  PieceCollector,
  ProtocolError,
  readTransfer,
  requireDigest,
  WIRE_LIMITS,
} from "@sloth/protocol";
import type { ChangeCounts } from "@sloth/runtime";
import {
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

export interface TakeOverOptions {
  changes: EncodedChanges;
  /** What the attempt was given. */
  base: Snapshot;
  workspace: Workspace;
  /** Where the contents come from. */
  client: AgentServiceClient;
  transferId: string;
  signal: AbortSignal;
}

/** Changes that are never taken over, however often the task runs. */
const REFUSALS: ReadonlySet<WorkspaceErrorCode> = new Set(["PROTECTED", "EXTERNAL_LINK", "DELETES_ALL"]);

/**
 * Receives the new contents into staging, merges and applies: all, or nothing and why it was refused.
 * @throws {ProtocolError}, {WorkspaceError} when the agent or the disk fails; nothing is applied then either.
 */
export async function takeOverChanges(options: TakeOverOptions): Promise<ChangeCounts | { refused: string }> {
  const { changes, base, workspace, signal } = options;
  const changeset = decodeChangeset(changes.bytes);
  const expected = newContents(base.manifest, changeset);
  if (changes.hasContents !== expected.length > 0) {
    throw new ProtocolError("UNEXPECTED_FRAME", "The agent's changes and its contents do not fit.");
  }
  const contents = changes.hasContents ? await download(expected, options) : undefined;
  try {
    const { conflicts, counts } = await workspace.apply({ base, changeset, contents, signal });
    return conflicts.length > 0 ? { refused: explainConflicts(conflicts) } : counts;
  } catch (error) {
    if (!(error instanceof WorkspaceError) || !REFUSALS.has(error.code)) throw error;
    return { refused: `It succeeded, but its changes are refused; nothing was applied: ${error.message}` };
  } finally {
    await contents?.remove();
  }
}

async function download(expected: ManifestEntry[], options: TakeOverOptions): Promise<StagedContents> {
  const { client, transferId, workspace, signal } = options;
  const transfer = readTransfer(client.download({ header: { transferId } }, { signal }));
  const stagingDir = await workspace.stagingDirectory();
  const contents = await receiveContents(transfer.chunks, { expected, stagingDir, signal });
  try {
    transfer.check(contents.summary);
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
