/**
 * One attempt on the master's side; docs/protocol.md has the conversation and the states.
 *
 *  1. open, send the bundle if it is asked for, wait for a slot
 *  2. take the snapshot, send its manifest and contents
 *  3. pass on output while the task runs
 *  4. after success: receive the changeset and new contents into staging, merge, apply
 *  5. acknowledge, read the end of the stream
 *
 * Non-guarantee: when the agent is lost in step 3, whether the task finished is unknown.
 */
import { createHash } from "node:crypto";
import {
  type ExecuteResponse,
  type Finished,
  ProtocolError,
  readTransfer,
  splitIntoPieces,
  type UploadRequest,
  WIRE_LIMITS,
  writeTransfer,
} from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskResult } from "@sloth/runtime";
import {
  type Conflict,
  type ContentStream,
  decodeChangeset,
  encodeManifest,
  type ManifestEntry,
  manifestDigest,
  newContents,
  packContents,
  receiveContents,
  type Snapshot,
  type StagedContents,
  type Workspace,
  WorkspaceError,
  type WorkspaceErrorCode,
} from "@sloth/workspace";
import type { ConnectedAgent } from "./agent-pool.js";
import { Outbox } from "./outbox.js";
import { OutputChecker } from "./output-checker.js";
import { logRecordOf, openFrame, resultOf, streamOf } from "./wire.js";

type Frame = NonNullable<ExecuteResponse["frame"]>;
type FrameKind = Frame["$case"];
type Missing = Extract<Frame, { $case: "missing" }>["missing"];

/** How far an attempt has come; what a broken stream means depends on it. */
export type Stage = "opening" | "waiting" | "syncing" | "running" | "collecting" | "closing";

/** Which frames are welcome in which stage. */
const welcome: Record<Stage, readonly FrameKind[]> = {
  opening: ["accepted", "finished"],
  waiting: ["queued", "granted", "finished"],
  syncing: ["need", "missing", "started", "finished"],
  running: ["output", "log", "finished"],
  collecting: ["changes"],
  closing: [],
};

export interface ConversationOptions {
  attempt: Attempt;
  agent: ConnectedAgent;
  workspace: Workspace;
  /** Ends the conversation at once; a polite cancellation is `cancel()`. */
  signal: AbortSignal;
}

/** Changes that are never taken over, however often the task runs. */
const REFUSALS: ReadonlySet<WorkspaceErrorCode> = new Set(["PROTECTED", "EXTERNAL_LINK", "DELETES_ALL"]);

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #outbox = new Outbox();
  readonly #output = new OutputChecker();
  readonly #changes: Uint8Array[] = [];
  #changesBytes = 0;
  #stage: Stage = "opening";
  #transferId = "";
  #snapshot: Snapshot | undefined;
  #manifest: Uint8Array = new Uint8Array();
  #result: TaskResult | undefined;
  /** Ends what is under way before the task starts: the snapshot and the upload. */
  readonly #stopSync = new AbortController();

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Asks the agent to stop the attempt; it goes on to its result. */
  cancel(reason: string): void {
    this.#outbox.sendNow({ $case: "cancel", cancel: { reason } });
    this.#stopSync.abort();
  }

  /** Holds the conversation; ends after the `result` event. Throws when the stream or the protocol breaks. */
  async *hold(): AsyncGenerator<TaskEvent> {
    const { attempt, agent, workspace, signal } = this.#options;
    const open = openFrame(attempt, workspace, agent.protocol);
    const responses = agent.channels.control.execute(this.#outbox.requests, { signal });
    const renewal = setInterval(() => this.#renew(), open.leaseMs / 4);
    try {
      await this.#outbox.send({ $case: "open", open });
      for await (const { frame } of this.#untilClosing(responses)) yield* this.#take(frame);
      if (!this.#result)
        throw new ProtocolError("UNEXPECTED_FRAME", "The agent ended the stream before the result.");
      yield { type: "result", result: this.#result };
    } finally {
      clearInterval(renewal);
      this.#outbox.close();
    }
  }

  /** Once everything is here, how the stream ends does not matter any more. */
  async *#untilClosing(responses: AsyncIterable<ExecuteResponse>): AsyncGenerator<ExecuteResponse> {
    try {
      yield* responses;
    } catch (error) {
      if (this.#stage !== "closing") throw error;
    }
  }

  async *#take(frame: Frame | undefined): AsyncGenerator<TaskEvent> {
    if (!frame || !welcome[this.#stage].includes(frame.$case)) {
      throw new ProtocolError(
        "UNEXPECTED_FRAME",
        `The agent sent ${frame?.$case ?? "an unknown frame"} while ${this.#stage}.`,
      );
    }
    switch (frame.$case) {
      case "accepted":
        return await this.#accepted(frame.accepted.bundleNeeded);
      case "queued":
        return yield { type: "queued", position: frame.queued.position };
      case "granted":
        return await this.#granted(frame.granted.transferId);
      case "need":
        return await this.#needed(frame.need.manifest);
      case "missing":
        return await this.#missing(frame.missing);
      case "started":
        this.#stage = "running";
        return yield { type: "started", agent: this.#options.agent.target.label };
      case "output": {
        const stream = streamOf(frame.output.stream);
        this.#output.output(frame.output, stream);
        return yield { type: "output", stream, bytes: frame.output.data };
      }
      case "log":
        this.#output.log(frame.log.seq);
        return yield { type: "log", record: logRecordOf(frame.log) };
      case "finished":
        return this.#finished(frame.finished);
      case "changes":
        return await this.#changed(frame.changes);
    }
  }

  async #accepted(bundleNeeded: boolean): Promise<void> {
    const { workflow } = this.#options.attempt;
    if (bundleNeeded && workflow) {
      for (const bundle of splitIntoPieces(workflow.bundle))
        await this.#outbox.send({ $case: "bundle", bundle });
    }
    this.#stage = "waiting";
  }

  async #granted(transferId: string): Promise<void> {
    this.#stage = "syncing";
    this.#transferId = transferId;
    await this.#unlessCancelled(async (signal) => {
      this.#snapshot = await this.#options.workspace.snapshot({ signal });
      const { manifest } = this.#snapshot;
      this.#manifest = encodeManifest(manifest);
      const snapshot = {
        rootDigest: manifestDigest(this.#manifest),
        entries: manifest.entries.length,
        contentBytes: manifest.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
        manifestBytes: this.#manifest.length,
      };
      await this.#outbox.send({ $case: "snapshot", snapshot });
    });
  }

  async #needed(manifestNeeded: boolean): Promise<void> {
    if (!manifestNeeded) return;
    for (const manifest of splitIntoPieces(this.#manifest))
      await this.#outbox.send({ $case: "manifest", manifest });
    this.#manifest = new Uint8Array();
  }

  async #missing({ contents }: Missing): Promise<void> {
    const { root, manifest } = this.#requireSnapshot();
    const wanted = new Set(contents?.$case === "some" ? contents.some.sha256.map(toHex) : undefined);
    const entries =
      contents?.$case === "all"
        ? manifest.entries
        : manifest.entries.filter(({ digest }) => wanted.has(digest ?? ""));
    if (entries.length === 0) return;
    await this.#unlessCancelled(async (signal) => {
      const parts = uploadParts(this.#transferId, packContents(root, entries, { signal }));
      await this.#options.agent.channels.bulk.upload(parts, { signal });
    });
  }

  /** Work that a cancellation ends; the agent's result then follows on the stream. */
  async #unlessCancelled(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const cancelled = this.#stopSync.signal;
    try {
      await work(AbortSignal.any([this.#options.signal, cancelled]));
    } catch (error) {
      if (!cancelled.aborted) throw error;
    }
  }

  #finished(finished: Finished): void {
    this.#result = resultOf(finished);
    if (finished.changesFollow) this.#stage = "collecting";
    else this.#close();
  }

  async #changed(changes: {
    data: Uint8Array;
    last: boolean;
    digest: string;
    contents: boolean;
  }): Promise<void> {
    this.#changesBytes += changes.data.length;
    if (this.#changesBytes > WIRE_LIMITS.manifestBytes) {
      throw new ProtocolError("LIMIT", "The list of what the task changed is too long.");
    }
    this.#changes.push(changes.data);
    if (!changes.last) return;
    const encoded = Buffer.concat(this.#changes);
    if (createHash("sha256").update(encoded).digest("hex") !== changes.digest) {
      throw new ProtocolError(
        "DIGEST_MISMATCH",
        "The list of what the task changed is not what its digest says.",
      );
    }
    await this.#apply(encoded, changes.contents);
    this.#close();
  }

  async #apply(encoded: Uint8Array, hasContents: boolean): Promise<void> {
    const { workspace, signal } = this.#options;
    const base = this.#requireSnapshot();
    const changeset = decodeChangeset(encoded);
    const expected = newContents(base.manifest, changeset);
    if (hasContents !== expected.length > 0) {
      throw new ProtocolError("UNEXPECTED_FRAME", "The agent's changes and its contents do not fit.");
    }
    const contents = hasContents ? await this.#download(expected) : undefined;
    try {
      const { conflicts, counts } = await workspace.apply({ base, changeset, contents, signal });
      if (conflicts.length > 0) this.#refuse(explainConflicts(conflicts));
      else this.#result = { ...this.#result, status: "succeeded", changes: counts };
    } catch (error) {
      if (!(error instanceof WorkspaceError) || !REFUSALS.has(error.code)) throw error;
      this.#refuse(`It succeeded, but its changes are refused; nothing was applied: ${error.message}`);
    } finally {
      await contents?.remove();
    }
  }

  /** The task's own doing: it fails, as one whose command failed. */
  #refuse(message: string): void {
    this.#result = { ...this.#result, status: "failed", message };
  }

  async #download(expected: ManifestEntry[]): Promise<StagedContents> {
    const { agent, workspace, signal } = this.#options;
    const parts = agent.channels.bulk.download({ header: { transferId: this.#transferId } }, { signal });
    const transfer = readTransfer(parts);
    const stagingDir = await workspace.stagingDirectory();
    const contents = await receiveContents(transfer.chunks, { expected, stagingDir, signal });
    transfer.check(contents.summary);
    return contents;
  }

  #close(): void {
    this.#stage = "closing";
    this.#outbox.sendNow({ $case: "acknowledge", acknowledge: {} });
  }

  #renew(): void {
    this.#outbox.sendNow({ $case: "renew", renew: { receivedSeq: this.#output.receivedSeq } });
  }

  #requireSnapshot(): Snapshot {
    if (!this.#snapshot)
      throw new ProtocolError("UNEXPECTED_FRAME", "The agent asked for contents too early.");
    return this.#snapshot;
  }
}

async function* uploadParts(transferId: string, contents: ContentStream): AsyncGenerator<UploadRequest> {
  yield { part: { $case: "header", header: { transferId } } };
  yield* writeTransfer(contents);
}

function toHex(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}

function explainConflicts(conflicts: readonly Conflict[]): string {
  const lines = conflicts.slice(0, 20).map(({ path, reason }) => `  ${path}: ${reason}`);
  const more = conflicts.length > lines.length ? [`  and ${conflicts.length - lines.length} more`] : [];
  return [
    "It succeeded, but its changes conflict with the working directory; nothing was applied:",
    ...lines,
    ...more,
  ].join("\n");
}
