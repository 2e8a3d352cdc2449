import {
  type AgentServiceClient,
  type ExecuteRequest,
  splitIntoPieces,
  type TransferCompression,
  type UploadRequest,
  writeTransfer,
} from "@sloth/protocol";
import {
  type ContentStream,
  entriesOfBitmap,
  ListingBag,
  newSince,
  packContents,
  type ScanRules,
  type Snapshot,
  type Workspace,
} from "@sloth/workspace";

type SnapshotFrame = Extract<NonNullable<ExecuteRequest["frame"]>, { $case: "snapshot" }>["snapshot"];

/** What of a workspace is sent without being asked for, listings and contents each. */
const INLINE_BYTES = 256 * 1024;

/** What one attempt sends of its workspace: the snapshot, then as much of listings and contents as the agent lacks. */
export class OutgoingWorkspace {
  readonly #workspace: Workspace;
  readonly #rules: ScanRules;
  #base: Snapshot | undefined;
  #listings: ListingBag | undefined;

  constructor(workspace: Workspace, rules: ScanRules) {
    this.#workspace = workspace;
    this.#rules = rules;
  }

  /** What was announced. Asking before is a mistake of ours. */
  get base(): Snapshot {
    if (this.#base) return this.#base;
    throw new Error("Nothing was announced yet.");
  }

  /** Takes the snapshot and announces it, with what is new since the last one if that is little. @throws {WorkspaceError} */
  async announce(signal: AbortSignal): Promise<SnapshotFrame> {
    const base = await this.#workspace.snapshot({ rules: this.#rules, signal });
    this.#base = base;
    const { listings, entries } = newSince(base, INLINE_BYTES);
    const inlineContents =
      entries.length > 0 ? await collect(packContents(base.root, entries, { signal })) : [];
    return {
      rootDigest: base.rootDigest,
      entries: base.entries,
      contentBytes: base.contentBytes,
      listings,
      inlineSha256: [...new Set(entries.map(({ digest }) => digest ?? ""))].map((digest) =>
        Buffer.from(digest, "hex"),
      ),
      inlineContents: Buffer.concat(inlineContents),
    };
  }

  /** The listings that an agent asked for. */
  manifestPieces({
    all,
    sha256,
  }: {
    all: boolean;
    sha256: Uint8Array[];
  }): ReturnType<typeof splitIntoPieces> {
    if (all) return splitIntoPieces(this.base.encoded);
    if (!this.#listings) {
      this.#listings = new ListingBag();
      this.#listings.add(this.base.encoded);
    }
    return splitIntoPieces(this.#listings.pick(sha256.map((digest) => Buffer.from(digest).toString("hex"))));
  }

  /** Sends the contents that the agent lacks. @throws {WorkspaceError} when a file is not any more what was announced. */
  async upload(
    client: AgentServiceClient,
    options: {
      bitmap: Uint8Array;
      transferId: string;
      compression: TransferCompression;
      signal: AbortSignal;
    },
  ): Promise<void> {
    const { bitmap, transferId, compression, signal } = options;
    const { root, manifest, identities } = this.base;
    const entries = entriesOfBitmap(manifest.entries, bitmap);
    const startedAt = performance.now();
    const contents = packContents(root, entries, { signal, identities });
    await client.upload(uploadParts(transferId, contents, compression), { signal });
    compression.link.note(contents.summary?.bytes ?? 0, performance.now() - startedAt);
  }
}

async function* uploadParts(
  transferId: string,
  contents: ContentStream,
  compression: TransferCompression,
): AsyncGenerator<UploadRequest> {
  yield { part: { $case: "header", header: { transferId } } };
  yield* writeTransfer(contents, compression);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}
