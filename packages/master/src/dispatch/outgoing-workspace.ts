import {
  type AgentServiceClient,
  type ExecuteRequest,
  type ExecuteResponse,
  ProtocolError,
  splitIntoPieces,
  type UploadRequest,
  writeTransfer,
} from "@sloth/protocol";
import {
  type ContentStream,
  encodeManifest,
  type ManifestEntry,
  manifestDigest,
  packContents,
  type Snapshot,
  type Workspace,
} from "@sloth/workspace";

/** Which contents an agent lacks. */
export type MissingFrame = Extract<NonNullable<ExecuteResponse["frame"]>, { $case: "missing" }>["missing"];
type SnapshotFrame = Extract<NonNullable<ExecuteRequest["frame"]>, { $case: "snapshot" }>["snapshot"];

/** What one attempt sends of its workspace: the snapshot, then as much of manifest and contents as the agent lacks. */
export class OutgoingWorkspace {
  readonly #workspace: Workspace;
  #base: Snapshot | undefined;
  #manifest: Uint8Array = new Uint8Array();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** What was sent. @throws {ProtocolError} UNEXPECTED_FRAME when the agent asks before there is anything. */
  get base(): Snapshot {
    if (this.#base) return this.#base;
    throw new ProtocolError("UNEXPECTED_FRAME", "The agent asked for contents too early.");
  }

  /** Takes the snapshot and announces it. @throws {WorkspaceError} */
  async announce(signal: AbortSignal): Promise<SnapshotFrame> {
    this.#base = await this.#workspace.snapshot({ signal });
    const { entries } = this.#base.manifest;
    this.#manifest = encodeManifest(this.#base.manifest);
    return {
      rootDigest: manifestDigest(this.#manifest),
      entries: entries.length,
      contentBytes: entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
      manifestBytes: this.#manifest.length,
    };
  }

  /** The encoded manifest, once. */
  manifestPieces(): ReturnType<typeof splitIntoPieces> {
    const encoded = this.#manifest;
    this.#manifest = new Uint8Array();
    return splitIntoPieces(encoded);
  }

  /** Sends the contents that the agent lacks. @throws {WorkspaceError} when a file is not any more what was announced. */
  async upload(
    client: AgentServiceClient,
    options: { missing: MissingFrame; transferId: string; signal: AbortSignal },
  ): Promise<void> {
    const { missing, transferId, signal } = options;
    const entries = missingEntries(this.base.manifest.entries, missing);
    if (entries.length === 0) return;
    await client.upload(uploadParts(transferId, packContents(this.base.root, entries, { signal })), {
      signal,
    });
  }
}

function missingEntries(
  entries: readonly ManifestEntry[],
  { contents }: MissingFrame,
): readonly ManifestEntry[] {
  if (contents?.$case === "all") return entries;
  const wanted = new Set(contents?.some.sha256.map((digest) => Buffer.from(digest).toString("hex")));
  return entries.filter(({ digest }) => digest !== undefined && wanted.has(digest));
}

async function* uploadParts(transferId: string, contents: ContentStream): AsyncGenerator<UploadRequest> {
  yield { part: { $case: "header", header: { transferId } } };
  yield* writeTransfer(contents);
}
