import {
  type AgentServiceClient,
  type ExecuteRequest,
  splitIntoPieces,
  type TransferCompression,
  type UploadRequest,
  writeTransfer,
} from "@sloth/protocol";
import {
  archiveBytes,
  type ContentStream,
  entriesOfBitmap,
  ListingBag,
  type ManifestEntry,
  newSince,
  packContents,
  type Snapshot,
  type Workspace,
  WorkspaceError,
  walkEntries,
} from "@sloth/workspace";
import { forecastSync, type SyncForecast } from "../plan/sync-forecast.js";
import { MUCH_BYTES } from "../view/sync-view.js";
import type { TransferMeter } from "./transfer-meter.js";
import { scanRules, type WorkspaceTerms } from "./workspace-terms.js";

type SnapshotFrame = Extract<NonNullable<ExecuteRequest["frame"]>, { $case: "snapshot" }>["snapshot"];

/** Which contents an agent lacks. */
export interface MissingFrame {
  all: boolean;
  bitmap: Uint8Array;
}

type OutgoingTerms = Pick<WorkspaceTerms, "rules" | "maxBytes" | "maxFiles">;

/** What of a workspace is sent without being asked for, listings and contents each. */
const INLINE_BYTES = 256 * 1024;

/** What one attempt sends of its workspace: the snapshot, then as much of listings and contents as the agent lacks. */
export class OutgoingWorkspace {
  readonly #workspace: Workspace;
  readonly #terms: OutgoingTerms;
  #base: Snapshot | undefined;
  #listings: ListingBag | undefined;

  /** @param base - what was announced elsewhere, such as by a process that was killed */
  constructor(workspace: Workspace, terms: OutgoingTerms, base?: Snapshot) {
    this.#workspace = workspace;
    this.#terms = terms;
    this.#base = base;
  }

  /** What was announced. Asking before is a mistake of ours. */
  get base(): Snapshot {
    if (this.#base) return this.#base;
    throw new Error("Nothing was announced yet.");
  }

  /** Takes the snapshot and announces it, with what is new since the last one if that is little. @throws {WorkspaceError} */
  async announce(signal: AbortSignal, { isInline = true } = {}): Promise<SnapshotFrame> {
    const base = await this.#workspace.snapshot({ rules: scanRules(this.#terms.rules), signal });
    this.#base = base;
    requireWithin(base, this.#terms);
    const { listings, entries } = newSince(base, isInline ? INLINE_BYTES : 0);
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

  /** What sending the contents amounts to that the agent lacks; undefined when even all of them are not much. */
  forecast(missing: MissingFrame): SyncForecast | undefined {
    if (this.base.contentBytes <= MUCH_BYTES) return undefined;
    return forecastSync(this.base, digestsOf(this.missingEntries(missing)));
  }

  /** The entries whose contents the agent lacks. */
  missingEntries({ all, bitmap }: MissingFrame): Iterable<ManifestEntry> {
    const entries = walkEntries(this.base.manifest);
    return all ? entries : entriesOfBitmap(entries, bitmap);
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
      missing: MissingFrame;
      transferId: string;
      compression: TransferCompression;
      meter: TransferMeter;
      /** Called when the last of it is on its way. */
      onSent: () => void;
      signal: AbortSignal;
    },
  ): Promise<void> {
    const { transferId, compression, meter, onSent, signal } = options;
    const { root, identities } = this.base;
    const entries = this.missingEntries(options.missing);
    const contents = packContents(root, entries, { signal, identities });
    const counted = meter.count(contents, () => archiveBytes(entries));
    const stream = {
      [Symbol.asyncIterator]: () => counted,
      get summary() {
        return contents.summary;
      },
    };
    await client.upload(thenCall(uploadParts(transferId, stream, compression), onSent), { signal });
  }
}

async function* thenCall<T>(items: AsyncIterable<T>, callback: () => void): AsyncGenerator<T> {
  yield* items;
  callback();
}

/** Of what is not empty. */
export function digestsOf(entries: Iterable<ManifestEntry>): Set<string> {
  const digests = new Set<string>();
  for (const { digest, sizeBytes } of entries) if (sizeBytes > 0) digests.add(digest ?? "");
  return digests;
}

function requireWithin(
  { root, entries, contentBytes }: Snapshot,
  { maxBytes, maxFiles }: OutgoingTerms,
): void {
  const advice = "Leave out what the tasks do not need with ignore = { … }, or raise limits.";
  if (contentBytes > maxBytes) {
    const message = `${root} holds ${contentBytes} bytes; the limit is ${maxBytes}. ${advice}`;
    throw new WorkspaceError("LIMIT", message, { path: root });
  }
  if (entries > maxFiles) {
    const message = `${root} holds ${entries} files and directories; the limit is ${maxFiles}. ${advice}`;
    throw new WorkspaceError("LIMIT", message, { path: root });
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
