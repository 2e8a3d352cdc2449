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
  archiveBytes,
  type Changeset,
  type Conflict,
  decodeChangeset,
  isEmptyChangeset,
  type ManifestEntry,
  newContents,
  patchManifest,
  receiveContents,
  type Snapshot,
  type StagedContents,
  type Workspace,
  WorkspaceError,
  type WorkspaceErrorCode,
  walkEntries,
} from "@sloth/workspace";
import type { TransferMeter } from "./transfer-meter.js";
import type { WorkspaceTerms } from "./workspace-terms.js";

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
  terms: WorkspaceTerms;
  /** Where the contents come from. */
  client: AgentServiceClient;
  transferId: string;
  link: LinkSpeed;
  /** Counts the contents that come. */
  meter: TransferMeter;
  signal: AbortSignal;
}

/** Failures that are not the task's or the tree's: another try may pass. */
const INFRASTRUCTURE: ReadonlySet<WorkspaceErrorCode> = new Set([
  "BAD_ARCHIVE",
  "BAD_CHANGESET",
  "BAD_MANIFEST",
  "IO_FAILED",
  "MISSING_CONTENT",
  "ROLLBACK_FAILED",
]);

/** Whether something is wrong with the network, the peer or the disk, rather than with what is in the tree. */
export function isInfrastructure(error: WorkspaceError): boolean {
  return INFRASTRUCTURE.has(error.code);
}

/**
 * Receives the new contents into staging, and merges and applies the changes of a task that succeeded: all, or
 * nothing. What is not applied is kept. Returns how the task ended with that: what is refused is its own doing, so it
 * fails as one whose command failed.
 * @throws {ProtocolError}, {WorkspaceError} when the agent or the disk fails; nothing is applied then either.
 */
export async function takeOverChanges(given: TakeOverOptions): Promise<TaskResult> {
  const { changes, base, terms } = given;
  const changeset = decoded(changes.bytes);
  const result = judged(changeset, given);
  const options = { ...given, result };
  if (isEmptyChangeset(changeset) && !changes.hasContents) {
    return { ...result, changes: { added: 0, modified: 0, deleted: 0 } };
  }
  const expected = newContents(base.manifest, changeset);
  if (changes.hasContents !== expected.length > 0) {
    throw new ProtocolError("UNEXPECTED_FRAME", "The agent's changes and its contents do not fit.");
  }
  const excess = beyondLimits(changeset, expected, terms);
  if (excess !== undefined) return { ...result, status: "failed", message: excess };
  const contents = changes.hasContents ? await download(expected, options) : undefined;
  try {
    if (result.status === "succeeded") return await applyChanges(changeset, contents, options);
    const why = result.status === "lost" ? "failed" : result.status;
    return await kept({ base, changeset, contents, why, message: result.message }, options);
  } finally {
    await contents?.remove();
  }
}

/** How the task ended: one that has not made what it is to save has failed. */
function judged(changeset: Changeset, { result, base, terms }: TakeOverOptions): TaskResult {
  if (result.status !== "succeeded") return result;
  const message = terms.whatLacks(function* () {
    for (const { path } of walkEntries(patchManifest(base.manifest, changeset))) yield path;
  });
  return message === undefined ? result : { ...result, status: "failed", message };
}

/** A list that is malformed is the agent's doing, whatever is wrong with it. */
function decoded(bytes: Uint8Array): Changeset {
  try {
    return decodeChangeset(bytes);
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    throw new ProtocolError(
      "UNEXPECTED_FRAME",
      `The agent sent changes that are malformed: ${error.message}`,
    );
  }
}

async function applyChanges(
  changeset: Changeset,
  contents: StagedContents | undefined,
  options: TakeOverOptions,
): Promise<TaskResult> {
  const { base, workspace, result, terms, signal } = options;
  const refused = (why: "conflict" | "refused", message: string) => {
    const failed: TaskResult = { ...result, status: "failed", message };
    return kept({ base, changeset, contents, why, message }, { ...options, result: failed });
  };
  try {
    const permissions = terms.applyIn(workspace.root);
    const { conflicts, counts } = await workspace.apply({
      ...permissions,
      base,
      changeset,
      contents,
      signal,
    });
    if (conflicts.length > 0) return await refused("conflict", explainConflicts(conflicts));
    terms.noteLanded(workspace.root, changeset);
    return { ...result, changes: counts };
  } catch (error) {
    if (!(error instanceof WorkspaceError) || isInfrastructure(error)) throw error;
    return refused(
      "refused",
      `It succeeded, but its changes are refused; nothing was applied: ${error.message}`,
    );
  }
}

/** Checked before anything is received; so what is beyond cannot be kept either. */
function beyondLimits(
  { upserts, deletions }: Changeset,
  expected: readonly ManifestEntry[],
  { maxBytes, maxFiles }: WorkspaceTerms,
): string | undefined {
  const bytes = expected.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const files = upserts.length + deletions.length;
  const advice =
    "Nothing was taken over. Raise limits, or leave out what need not come back with ignore = { … }.";
  if (bytes > maxBytes) return `Its changes have ${bytes} bytes; the limit is ${maxBytes}. ${advice}`;
  if (files > maxFiles) return `Its changes touch ${files} paths; the limit is ${maxFiles}. ${advice}`;
  return undefined;
}

async function kept(changes: UnappliedChanges, { terms, result }: TakeOverOptions): Promise<TaskResult> {
  const where = await terms.keep(changes);
  return { ...result, message: [result.message, where].filter(Boolean).join("\n") };
}

async function download(expected: ManifestEntry[], options: TakeOverOptions): Promise<StagedContents> {
  const { client, transferId, workspace, link, meter, signal } = options;
  const transfer = readTransfer(client.download({ header: { transferId }, isSlow: link.isSlow }, { signal }));
  const stagingDir = await workspace.stagingDirectory();
  const chunks = meter.count(transfer.chunks, () => archiveBytes(expected));
  const contents = await receiveContents(chunks, { expected, stagingDir, signal });
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
