import { createHash } from "node:crypto";
import { type ExecuteResponse, splitIntoPieces } from "@sloth/protocol";
import type { TaskResult } from "@sloth/runtime";
import {
  type Changeset,
  encodeChangeset,
  isEmptyChangeset,
  type LeasedTree,
  type ManifestEntry,
  newContents,
  type Snapshot,
  WorkspaceError,
} from "@sloth/workspace";
import type { TransferEndpoint } from "./transfer-endpoint.js";
import { WorkspaceTooLarge } from "./workspace-too-large.js";

export interface CaptureOptions {
  /** Of the new contents together. */
  limitBytes: number;
  base: Snapshot;
  signal: AbortSignal;
}

/** What is offered to the master. */
export interface OfferedChanges {
  changeset: Changeset;
  /** New contents, which the master fetches from the tree; of most tasks there are none. */
  contents: ManifestEntry[];
}

/**
 * What the attempt changed. Of one that did not succeed only if there is anything: its changes are for a look.
 * Changes that cannot be carried make it fail.
 */
export async function capture(
  tree: LeasedTree,
  result: TaskResult,
  { limitBytes, base, signal }: CaptureOptions,
): Promise<{ result: TaskResult; changes?: OfferedChanges }> {
  const succeeded = result.status === "succeeded";
  try {
    const { changeset } = await tree.capture(signal);
    const isEmpty = isEmptyChangeset(changeset);
    // The manifest is decoded only if there is something to look up in it.
    const contents = isEmpty ? [] : newContents(base.manifest, changeset);
    requireFits(contents, limitBytes);
    return succeeded || !isEmpty ? { result, changes: { changeset, contents } } : { result };
  } catch (error) {
    if (!(error instanceof WorkspaceError || error instanceof WorkspaceTooLarge)) throw error;
    if (!succeeded) return { result };
    const message = `It succeeded, but what it left cannot be taken back: ${error.message} Nothing of it is kept.`;
    return { result: { ...result, status: "failed", message } };
  }
}

function requireFits(contents: readonly ManifestEntry[], limitBytes: number): void {
  const bytes = contents.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (bytes > limitBytes) throw new WorkspaceTooLarge("What it changed", bytes, limitBytes);
}

/** Opens the download of the new contents, then yields the frames that announce the changeset. */
export function* offerChanges(
  { changeset, contents }: OfferedChanges,
  { base, endpoint, signal }: { base: Snapshot; endpoint: TransferEndpoint; signal: AbortSignal },
): Generator<ExecuteResponse> {
  if (contents.length > 0) endpoint.offerDownload({ root: base.root, entries: contents, signal });
  const encoded = encodeChangeset(changeset);
  const digest = createHash("sha256").update(encoded).digest("hex");
  for (const { data, last } of splitIntoPieces(encoded)) {
    const end = last ? { digest, contents: contents.length > 0 } : { digest: "", contents: false };
    yield { frame: { $case: "changes", changes: { data, last, ...end } } };
  }
}
