/**
 * One attempt on the agent's side, from `Open` to release; docs/protocol.md has the conversation.
 *
 *  1. check `Open`, claim its key, accept; take the bundle if one is needed
 *  2. wait for a slot, grant; lease a tree and look what is in it, while the master takes its snapshot
 *  3. receive what the tree lacks of the snapshot, and bring it there
 *  4. run the attempt in it, streaming its output
 *  5. capture what changed, free the slot, offer the changeset
 *  6. wait for `Acknowledge`
 *  Always, and last: every process is dead, the tree is released, the transfer id forgotten.
 *
 * Non-guarantee: without the feature `reattach` an attempt dies with its stream.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  collectPieces,
  type ExecuteRequest,
  type ExecuteResponse,
  ProtocolError,
  requireDigest,
  WIRE_LIMITS,
} from "@sloth/protocol";
import type { Attempt, TaskResult, TaskRunner } from "@sloth/runtime";
import type { LeasedTree } from "@sloth/workspace";
import type { AgentEventSink, TraceHeaders } from "../events/agent-event.js";
import type { Slot, SlotQueue } from "../slots/slot-queue.js";
import type { CallerTrees } from "../state/caller-trees.js";
import type { AttemptRegistry } from "./attempt-registry.js";
import { AttemptReport } from "./attempt-report.js";
import { Inbox } from "./inbox.js";
import { type ReceivedWorkspace, receiveWorkspace } from "./incoming-workspace.js";
import { type Lease, startLease } from "./lease.js";
import { capture, offerChanges } from "./outgoing-changes.js";
import { SessionEnd, type SessionEndCause } from "./session-end.js";
import { stopwatch } from "./stopwatch.js";
import { TransferEndpoint } from "./transfer-endpoint.js";
import { type CheckedOpen, checkOpen, finishedFrame, OutputFrames } from "./wire.js";
import { WorkspaceTooLarge } from "./workspace-too-large.js";

/** What every session of an agent shares. */
export interface SessionContext {
  runner: TaskRunner;
  slots: SlotQueue;
  trees: CallerTrees;
  /** What a task may bring, and what it may change, in bytes of files. */
  workspaceLimitBytes: number;
  registry: AttemptRegistry;
  /** A longer time between TERM and KILL becomes this. */
  longestGraceMs: number;
  /** Aborted when the agent takes nothing new: what has no slot yet is handed back. */
  draining: AbortSignal;
  /** Aborted when the agent stops. */
  shutdown: AbortSignal;
  emit: AgentEventSink;
}

export interface SessionCall {
  caller: string;
  trace: TraceHeaders;
  requests: AsyncIterable<ExecuteRequest>;
}

export class Session {
  readonly #context: SessionContext;
  /** Who called; "" where callers are not told apart. */
  readonly #caller: string;
  readonly #trace: TraceHeaders;
  readonly #inbox: Inbox;
  /** Aborted when the attempt is to stop, for whatever reason. */
  readonly #stop = new AbortController();
  /** Aborted when nobody is there any more who wants to hear how it ended. */
  readonly #gone = new AbortController();
  readonly #transferId = randomBytes(16).toString("hex");
  #tree: LeasedTree | undefined;
  #slot: Slot | undefined;
  #lease: Lease | undefined;
  #started = false;
  #finished = false;
  readonly #report: AttemptReport;
  #result: TaskResult | undefined;

  constructor(context: SessionContext, { caller, trace, requests }: SessionCall) {
    this.#context = context;
    this.#caller = caller;
    this.#trace = trace;
    this.#report = new AttemptReport(context.emit);
    this.#inbox = new Inbox(requests, {
      onHeard: () => this.#lease?.renew(),
      onCancel: ({ reason }) => this.#end("cancelled", reason || "cancelled by the master"),
      onBroken: (error) => this.#end(error instanceof ProtocolError ? "broken" : "lost", error.message),
    });
  }

  /** The agent's half of the conversation. `streamLost` aborts when the call is gone. */
  async *run(streamLost: AbortSignal): AsyncGenerator<ExecuteResponse> {
    const { draining, shutdown } = this.#context;
    const onLost = () => this.#end("lost", "the connection to the master was lost");
    const onDraining = () => {
      if (!this.#slot) this.#end("shutdown", "the agent is draining and takes nothing new");
    };
    const onShutdown = () => this.#end("shutdown", "the agent is stopping");
    streamLost.addEventListener("abort", onLost);
    draining.addEventListener("abort", onDraining);
    shutdown.addEventListener("abort", onShutdown);
    // A signal that was aborted before calls no listener.
    if (shutdown.aborted) onShutdown();
    if (draining.aborted) onDraining();
    if (streamLost.aborted) onLost();
    try {
      yield* this.#converse();
    } finally {
      streamLost.removeEventListener("abort", onLost);
      draining.removeEventListener("abort", onDraining);
      shutdown.removeEventListener("abort", onShutdown);
      await this.#letGo();
    }
  }

  async *#converse(): AsyncGenerator<ExecuteResponse> {
    const open = await this.#receiveOpen();
    this.#report.accept(open.attempt, this.#trace);
    this.#lease = startLease(open.leaseMs, () =>
      this.#end("lease-ended", "the master has not been heard for the length of the lease"),
    );
    try {
      yield* this.#perform(open);
    } catch (error) {
      const result = this.#resultOfFailure(error);
      if (!this.#finished) yield finishedFrame(result, false);
    }
  }

  async *#perform(open: CheckedOpen): AsyncGenerator<ExecuteResponse> {
    const { signal } = this.#stop;
    const gone = this.#gone.signal;
    const bundle = yield* this.#receiveBundle(open);
    const endpoint = new TransferEndpoint(open.encoding);
    yield* this.#waitForSlot(open, endpoint);
    this.#report.grant();
    const { longestGraceMs, workspaceLimitBytes: limitBytes } = this.#context;
    const tree = this.#context.trees.of(this.#caller).lease(open.workspace);
    this.#tree = tree;
    const { rules, keepIgnored } = open;
    const inbox = this.#inbox;
    const received = yield* receiveWorkspace({
      inbox,
      endpoint,
      tree,
      rules,
      keepIgnored,
      limitBytes,
      signal,
    });
    const { base } = received;
    const attempt = open.toAttempt({ workspace: base.root, bundle, longestGraceMs });
    const result = yield* this.#execute(attempt, received);
    const capturing = stopwatch();
    inbox.expectAfterAll("acknowledge");
    const captured = await capture(tree, result, { limitBytes, base, signal: gone });
    this.#slot?.release();
    this.#finished = true;
    this.#result = captured.result;
    yield finishedFrame(captured.result, captured.changeset !== undefined, capturing());
    if (captured.changeset) yield* offerChanges(captured.changeset, { base, endpoint, signal: gone });
    await inbox.next("acknowledge", gone);
  }

  async #receiveOpen(): Promise<CheckedOpen> {
    const impatience = setTimeout(
      () => this.#end("broken", "the master opened a stream and said nothing"),
      WIRE_LIMITS.openTimeoutMs,
    );
    try {
      const { open } = await this.#inbox.next("open", this.#stop.signal);
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
    const bytes = await collectPieces(
      async () => (await this.#inbox.next("bundle", this.#stop.signal)).bundle,
      Math.min(bundle.sizeBytes, WIRE_LIMITS.bundleBytes),
    );
    requireDigest("The bundle", createHash("sha256").update(bytes).digest("hex"), bundle.digest);
    return bytes;
  }

  async *#waitForSlot({ attempt }: CheckedOpen, endpoint: TransferEndpoint): AsyncGenerator<ExecuteResponse> {
    this.#inbox.expect("snapshot");
    const turn = { caller: this.#caller, run: attempt.runId };
    const places = this.#context.slots.acquire(turn, this.#stop.signal);
    for (;;) {
      const place = await places.next();
      if (place.done) {
        this.#slot = place.value;
        break;
      }
      yield { frame: { $case: "queued", queued: { position: place.value } } };
    }
    this.#context.registry.openTransfer(this.#transferId, endpoint);
    yield { frame: { $case: "granted", granted: { transferId: this.#transferId } } };
  }

  async *#execute(
    attempt: Attempt,
    { verifyUs, updateUs }: ReceivedWorkspace,
  ): AsyncGenerator<ExecuteResponse, TaskResult> {
    const frames = new OutputFrames();
    const { signal } = this.#stop;
    this.#started = true;
    for await (const event of this.#context.runner.run(attempt, { signal })) {
      if (event.type === "started") yield { frame: { $case: "started", started: { verifyUs, updateUs } } };
      else if (event.type === "result") return this.#unlessLost(event.result);
      else yield* frames.of(event);
    }
    throw new Error("The runner ended without a result.");
  }

  /** How an attempt ended that has thrown for it. Throws what is no failure of its own again. */
  #resultOfFailure(error: unknown): TaskResult {
    if (error instanceof WorkspaceTooLarge) return { status: "failed", message: error.message };
    if (this.#cause() !== "cancelled") throw error;
    const message = this.#started ? "cancelled" : "cancelled before it started";
    return { status: "cancelled", message };
  }

  /** A result that nobody waits for any more is none. */
  #unlessLost(result: TaskResult): TaskResult {
    if (this.#cause() !== "cancelled") this.#stop.signal.throwIfAborted();
    return result;
  }

  /** The first cause is the one that counts. */
  #end(cause: SessionEndCause, message: string): void {
    const end = new SessionEnd(cause, message);
    this.#stop.abort(end);
    if (cause !== "cancelled") this.#gone.abort(end);
  }

  #cause(): SessionEndCause | undefined {
    const { reason } = this.#stop.signal;
    return reason instanceof SessionEnd ? reason.end : undefined;
  }

  async #letGo(): Promise<void> {
    this.#report.end(this.#stop.signal, this.#result);
    this.#end("lost", "the session is over");
    this.#lease?.end();
    this.#slot?.release();
    this.#context.registry.closeTransfer(this.#transferId);
    this.#inbox.close();
    await this.#tree?.release();
  }
}
