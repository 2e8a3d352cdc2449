/**
 * One attempt on the agent's side, from `Open` to release; docs/protocol.md has the conversation.
 *
 *  1. check `Open`, claim its key, accept; take the bundle if one is needed
 *  2. wait for a slot, grant
 *  3. receive the snapshot's manifest and contents into staging
 *  4. lay the tree out and run the attempt in it, streaming its output
 *  5. capture what changed, free the slot, offer the changeset
 *  6. wait for `Acknowledge`
 *  Always, and last: every process is dead, the tree is removed, the transfer id forgotten.
 *
 * Non-guarantee: without the feature `reattach` an attempt dies with its stream.
 */
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  collectPieces,
  type ExecuteRequest,
  type ExecuteResponse,
  ProtocolError,
  splitIntoPieces,
  WIRE_LIMITS,
} from "@sloth/protocol";
import type { Attempt, TaskResult, TaskRunner } from "@sloth/runtime";
import {
  type Changeset,
  captureChanges,
  decodeManifest,
  encodeChangeset,
  encodeManifest,
  layOut,
  type Manifest,
  manifestDigest,
  newContents,
  type Snapshot,
  type StagedContents,
  WorkspaceError,
} from "@sloth/workspace";
import type { Slot, SlotQueue } from "../slots/slot-queue.js";
import { removeTree, type StateDirectory } from "../state/state-directory.js";
import type { AttemptRegistry } from "./attempt-registry.js";
import { Inbox } from "./inbox.js";
import { type Lease, startLease } from "./lease.js";
import { SessionEnd, type SessionEndCause } from "./session-end.js";
import { TransferEndpoint } from "./transfer-endpoint.js";
import { type CheckedOpen, checkOpen, finishedFrame, OutputFrames } from "./wire.js";

/** What every session of an agent shares. */
export interface SessionContext {
  runner: TaskRunner;
  slots: SlotQueue;
  state: StateDirectory;
  registry: AttemptRegistry;
  /** Aborted when the agent stops. */
  shutdown: AbortSignal;
}

export class Session {
  readonly #context: SessionContext;
  readonly #inbox: Inbox;
  readonly #stop = new AbortController();
  readonly #transferId = randomBytes(16).toString("hex");
  readonly #endpoint = new TransferEndpoint();
  #directory: string | undefined;
  #slot: Slot | undefined;
  #lease: Lease | undefined;
  #started = false;
  #finished = false;

  constructor(context: SessionContext, requests: AsyncIterable<ExecuteRequest>) {
    this.#context = context;
    this.#inbox = new Inbox(requests, {
      onHeard: () => this.#lease?.renew(),
      onCancel: ({ reason }) => this.#end("cancelled", reason || "cancelled by the master"),
      onBroken: (error) => this.#end(error instanceof ProtocolError ? "broken" : "lost", error.message),
    });
    this.#stop.signal.addEventListener("abort", () => this.#inbox.close(this.#stop.signal.reason), {
      once: true,
    });
  }

  /** The agent's half of the conversation. `streamLost` aborts when the call is gone. */
  async *run(streamLost: AbortSignal): AsyncGenerator<ExecuteResponse> {
    const { shutdown } = this.#context;
    const onLost = () => this.#end("lost", "the connection to the master was lost");
    const onShutdown = () => this.#end("shutdown", "the agent is stopping");
    streamLost.addEventListener("abort", onLost);
    shutdown.addEventListener("abort", onShutdown);
    try {
      yield* this.#converse();
    } finally {
      streamLost.removeEventListener("abort", onLost);
      shutdown.removeEventListener("abort", onShutdown);
      await this.#letGo();
    }
  }

  async *#converse(): AsyncGenerator<ExecuteResponse> {
    const open = await this.#receiveOpen();
    this.#lease = startLease(open.leaseMs, () =>
      this.#end("lease-ended", "the master has not been heard for the length of the lease"),
    );
    try {
      yield* this.#perform(open);
    } catch (error) {
      if (this.#cause() !== "cancelled") throw error;
      const message = this.#started ? "cancelled" : "cancelled before it started";
      if (!this.#finished) yield finishedFrame({ status: "cancelled", message }, false);
    }
  }

  async *#perform(open: CheckedOpen): AsyncGenerator<ExecuteResponse> {
    const bundle = yield* this.#receiveBundle(open);
    yield* this.#waitForSlot();
    const snapshot = yield* this.#receiveWorkspace();
    const attempt = open.toAttempt({ workspace: snapshot.root, bundle });
    const result = yield* this.#execute(attempt);
    const changes = await this.#capture(snapshot, result);
    this.#slot?.release();
    this.#finished = true;
    yield finishedFrame(changes.result, changes.changeset !== undefined);
    // A cancelled attempt is over; its master may be gone already.
    if (this.#cause() === "cancelled") return;
    this.#inbox.expect("acknowledge");
    if (changes.changeset) yield* this.#offer(snapshot, changes.changeset);
    await this.#inbox.next("acknowledge");
  }

  async #receiveOpen(): Promise<CheckedOpen> {
    const impatience = setTimeout(
      () => this.#end("broken", "the master opened a stream and said nothing"),
      WIRE_LIMITS.openTimeoutMs,
    );
    try {
      const { open } = await this.#inbox.next("open");
      const checked = checkOpen(open);
      this.#context.registry.claim(checked.idempotencyKey);
      return checked;
    } finally {
      clearTimeout(impatience);
    }
  }

  async *#receiveBundle(open: CheckedOpen): AsyncGenerator<ExecuteResponse, Uint8Array | undefined> {
    const { bundle, leaseMs } = open;
    this.#inbox.expect(bundle && "bundle");
    yield { frame: { $case: "accepted", accepted: { leaseMs, bundleNeeded: bundle !== undefined } } };
    if (!bundle) return undefined;
    const { bytes } = await collectPieces(
      async () => (await this.#inbox.next("bundle")).bundle,
      Math.min(bundle.sizeBytes, WIRE_LIMITS.bundleBytes),
    );
    requireDigest("The bundle", createHash("sha256").update(bytes).digest("hex"), bundle.digest);
    return bytes;
  }

  async *#waitForSlot(): AsyncGenerator<ExecuteResponse> {
    this.#inbox.expect("snapshot");
    const places = this.#context.slots.acquire(this.#stop.signal);
    for (;;) {
      const place = await places.next();
      if (place.done) {
        this.#slot = place.value;
        break;
      }
      yield { frame: { $case: "queued", queued: { position: place.value } } };
    }
    this.#context.registry.openTransfer(this.#transferId, this.#endpoint);
    yield { frame: { $case: "granted", granted: { transferId: this.#transferId } } };
  }

  async *#receiveWorkspace(): AsyncGenerator<ExecuteResponse, Snapshot> {
    const { snapshot } = await this.#inbox.next("snapshot");
    const manifest = yield* this.#receiveManifest(snapshot.rootDigest);
    this.#inbox.expect(undefined);
    this.#directory = await this.#context.state.makeAttemptDirectory();
    const contents = yield* this.#receiveContents(manifest, join(this.#directory, "staging"));
    const laidOut = await layOut(manifest, contents, join(this.#directory, "tree"), {
      signal: this.#stop.signal,
    });
    await contents?.remove();
    return laidOut;
  }

  async *#receiveManifest(rootDigest: string): AsyncGenerator<ExecuteResponse, Manifest> {
    const held = rootDigest === manifestDigest(encodeManifest(emptyManifest));
    this.#inbox.expect(held ? undefined : "manifest");
    yield { frame: { $case: "need", need: { manifest: !held } } };
    if (held) return emptyManifest;
    const { bytes } = await collectPieces(
      async () => (await this.#inbox.next("manifest")).manifest,
      WIRE_LIMITS.manifestBytes,
    );
    requireDigest("The manifest", manifestDigest(bytes), rootDigest);
    return decodeManifest(bytes);
  }

  async *#receiveContents(
    manifest: Manifest,
    stagingDir: string,
  ): AsyncGenerator<ExecuteResponse, StagedContents | undefined> {
    const entries = newContents(emptyManifest, { upserts: manifest.entries, deletions: [] });
    if (entries.length === 0) {
      yield { frame: { $case: "missing", missing: { contents: { $case: "some", some: { sha256: [] } } } } };
      return undefined;
    }
    const upload = this.#endpoint.expectUpload({ entries, stagingDir, signal: this.#stop.signal });
    // Watched from the start: it may fail before anybody waits for it.
    upload.catch(() => {});
    yield { frame: { $case: "missing", missing: { contents: { $case: "all", all: true } } } };
    return await upload;
  }

  async *#execute(attempt: Attempt): AsyncGenerator<ExecuteResponse, TaskResult> {
    const frames = new OutputFrames();
    const { signal } = this.#stop;
    this.#started = true;
    for await (const event of this.#context.runner.run(attempt, { signal })) {
      if (event.type === "started") yield { frame: { $case: "started", started: {} } };
      else if (event.type === "result") return this.#unlessLost(event.result);
      else yield* frames.of(event);
    }
    throw new Error("The runner ended without a result.");
  }

  /** A result that nobody waits for any more is none. */
  #unlessLost(result: TaskResult): TaskResult {
    if (this.#cause() !== "cancelled") this.#stop.signal.throwIfAborted();
    return result;
  }

  /** What the attempt changed, if it succeeded. Changes that cannot be carried make it fail. */
  async #capture(base: Snapshot, result: TaskResult): Promise<{ result: TaskResult; changeset?: Changeset }> {
    if (result.status !== "succeeded") return { result };
    try {
      return { result, changeset: await captureChanges(base, { signal: this.#stop.signal }) };
    } catch (error) {
      if (!(error instanceof WorkspaceError)) throw error;
      const message = `It succeeded, but what it left cannot be taken back: ${error.message}`;
      return { result: { ...result, status: "failed", message } };
    }
  }

  async *#offer(base: Snapshot, changeset: Changeset): AsyncGenerator<ExecuteResponse> {
    const entries = newContents(base.manifest, changeset);
    if (entries.length > 0) {
      this.#endpoint.offerDownload({ root: base.root, entries, signal: this.#stop.signal });
    }
    const encoded = encodeChangeset(changeset);
    const digest = createHash("sha256").update(encoded).digest("hex");
    for (const { data, last } of splitIntoPieces(encoded)) {
      const end = last ? { digest, contents: entries.length > 0 } : { digest: "", contents: false };
      yield { frame: { $case: "changes", changes: { data, last, ...end } } };
    }
  }

  #end(cause: SessionEndCause, message: string): void {
    this.#stop.abort(new SessionEnd(cause, message));
  }

  #cause(): SessionEndCause | undefined {
    const { reason } = this.#stop.signal;
    return reason instanceof SessionEnd ? reason.end : undefined;
  }

  async #letGo(): Promise<void> {
    this.#end("lost", "the session is over");
    this.#lease?.end();
    this.#slot?.release();
    this.#context.registry.closeTransfer(this.#transferId);
    if (this.#directory) await removeTree(this.#directory);
  }
}

const emptyManifest: Manifest = { entries: [] };

function requireDigest(what: string, counted: string, announced: string): void {
  if (counted === announced) return;
  throw new ProtocolError("DIGEST_MISMATCH", `${what} is not what its digest says.`);
}
