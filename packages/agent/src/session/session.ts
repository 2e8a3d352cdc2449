/**
 * One attempt on the agent's side, from `Open` to release; docs/protocol.md has the conversation.
 *
 *  1. accept; take the bundle if one is needed
 *  2. wait for a slot, grant; lease a tree and look what is in it, while the master takes its snapshot
 *  3. receive what the tree lacks of the snapshot, and bring it there
 *  4. run the attempt in it, streaming its output
 *  5. capture what changed, free the slot, and the tree unless it has new contents; offer the changeset
 *  6. wait for `Acknowledge`
 *  Always, and last: every process is dead, the tree is released, the transfer id forgotten.
 *
 * From 4 on it outlives the stream that it came by: until its lease ends another stream may join it, and gets what the
 * master lacks. Without the feature `reattach`, and before 4, it dies with its stream.
 */
import { createHash, randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type Attach,
  collectPieces,
  type ExecuteRequest,
  type ExecuteResponse,
  requireDigest,
  WIRE_LIMITS,
} from "@sloth/protocol";
import type { Attempt, TaskResult, TaskRunner } from "@sloth/runtime";
import type { LeasedTree } from "@sloth/workspace";
import { ServerError, Status } from "nice-grpc-common";
import type { AgentEventSink, TraceHeaders } from "../events/agent-event.js";
import type { Slot, SlotQueue } from "../slots/slot-queue.js";
import type { CallerTrees } from "../state/caller-trees.js";
import type { AttemptRegistry } from "./attempt-registry.js";
import { AttemptReport } from "./attempt-report.js";
import { FrameLog } from "./frame-log.js";
import { Inbox } from "./inbox.js";
import { type ReceivedWorkspace, receiveWorkspace } from "./incoming-workspace.js";
import { type Lease, startLease } from "./lease.js";
import { capture, offerChanges } from "./outgoing-changes.js";
import { SessionEnd, type SessionEndCause } from "./session-end.js";
import { stopwatch } from "./stopwatch.js";
import { TransferEndpoint } from "./transfer-endpoint.js";
import { type CheckedOpen, finishedFrame, OutputFrames } from "./wire.js";
import { WorkspaceTooLarge } from "./workspace-too-large.js";

/** What every session of an agent shares. */
export interface SessionContext {
  runner: TaskRunner;
  slots: SlotQueue;
  trees: CallerTrees;
  /** What a task may bring, and what it may change, in bytes of files. */
  workspaceLimitBytes: number;
  registry: AttemptRegistry<Session>;
  /** A longer time between TERM and KILL becomes this. */
  longestGraceMs: number;
  /** Aborted when the agent takes nothing new: what has no slot yet is handed back. */
  draining: AbortSignal;
  /** Aborted when the agent stops. */
  shutdown: AbortSignal;
  emit: AgentEventSink;
}

/** Who opens an attempt, and in which trace. */
export interface SessionCall {
  /** "" where callers are not told apart. */
  caller: string;
  trace: TraceHeaders;
  open: CheckedOpen;
}

/** One `Execute` call. */
export interface SessionStream {
  /** What the master sends after `Open`. */
  requests: AsyncIterable<ExecuteRequest>;
  /** Aborted when the call is gone. */
  lost: AbortSignal;
}

export class Session {
  /** Resolves when nothing of it is left. */
  readonly over: Promise<void>;
  readonly #context: SessionContext;
  readonly #call: SessionCall;
  readonly #inbox: Inbox;
  readonly #log = new FrameLog();
  /** Aborted when the attempt is to stop, for whatever reason. */
  readonly #stop = new AbortController();
  /** Aborted when nobody is there any more who wants to hear how it ended. */
  readonly #gone = new AbortController();
  readonly #transferId = randomBytes(16).toString("hex");
  /** The one that is served. */
  #stream: SessionStream | undefined;
  #tree: LeasedTree | undefined;
  #slot: Slot | undefined;
  #lease: Lease | undefined;
  #started = false;
  #finished = false;
  readonly #report: AttemptReport;
  #result: TaskResult | undefined;

  /** Begins at once. @throws {ServerError} ALREADY_EXISTS when its key was claimed before */
  constructor(context: SessionContext, call: SessionCall) {
    this.#context = context;
    this.#call = call;
    this.#report = new AttemptReport(context.emit);
    this.#inbox = new Inbox({
      onHeard: () => this.#lease?.renew(),
      onAcknowledged: (seq) => this.#log.acknowledge(seq),
      onCancel: ({ reason, abandon }) =>
        this.#end(abandon ? "lost" : "cancelled", reason || "cancelled by the master"),
      onBroken: (error) => this.#end("broken", error.message),
      onSilent: () => this.#onStreamLost(),
    });
    context.registry.claim(call.open.idempotencyKey, { caller: call.caller, attempt: this });
    this.over = this.#live();
    this.over.catch(() => {});
  }

  /**
   * The agent's half of the conversation over one stream, in the place of the one before.
   * @param attach - what the master has from other streams. Absent: there was none.
   * @throws {SessionEnd}, {TakenOver}; {ServerError} NOT_FOUND when it is joined and has not started
   */
  async *serve(stream: SessionStream, attach?: Attach): AsyncGenerator<ExecuteResponse> {
    if (attach) this.#requireStarted();
    const { requests, lost } = stream;
    const frames = this.#log.read(attach);
    this.#stream = stream;
    this.#inbox.listen(requests);
    this.#lease?.renew();
    const onLost = () => {
      if (this.#stream === stream) this.#onStreamLost();
    };
    lost.addEventListener("abort", onLost);
    if (lost.aborted) onLost();
    try {
      if (attach) yield* this.#repeatedFrames();
      yield* frames;
    } finally {
      lost.removeEventListener("abort", onLost);
    }
  }

  /** Whether its task was given to the runner. Of one that is over it stays what it is. */
  get hasStarted(): boolean {
    return this.#started;
  }

  /** One that has not started dies with its stream, perhaps before that is noticed; it must not start after it was said not to have. */
  #requireStarted(): void {
    if (this.#started) return;
    this.#end("lost", "its master has come back before it had started");
    throw new ServerError(Status.NOT_FOUND, "The attempt has not started, and will not.");
  }

  /** From which a master that joins learns where the attempt is. */
  *#repeatedFrames(): Generator<ExecuteResponse> {
    this.#report.join();
    yield this.#accepted(false);
    yield { frame: { $case: "granted", granted: { transferId: this.#transferId } } };
    yield { frame: { $case: "started", started: { verifyUs: 0, updateUs: 0 } } };
  }

  /** What has started goes on until its lease ends, if its master knows how to come back to it and may want to. */
  #onStreamLost(): void {
    const isWanted = this.#cause() !== "cancelled";
    if (this.#started && this.#canBeJoined && isWanted) this.#report.part();
    else this.#end("lost", "the connection to the master was lost");
  }

  get #canBeJoined(): boolean {
    return this.#call.open.features.includes("reattach");
  }

  async #live(): Promise<void> {
    const { draining, shutdown } = this.#context;
    const onDraining = () => {
      if (!this.#slot) this.#end("shutdown", "the agent is draining and takes nothing new");
    };
    const onShutdown = () => this.#end("shutdown", "the agent is stopping");
    draining.addEventListener("abort", onDraining);
    shutdown.addEventListener("abort", onShutdown);
    // A signal that was aborted before calls no listener.
    if (shutdown.aborted) onShutdown();
    if (draining.aborted) onDraining();
    let failure: { error?: unknown } = {};
    try {
      for await (const frame of this.#converse()) await this.#log.push(frame, this.#gone.signal);
    } catch (error) {
      failure = { error };
    } finally {
      draining.removeEventListener("abort", onDraining);
      shutdown.removeEventListener("abort", onShutdown);
      await this.#letGo(failure.error).catch((error) => {
        failure.error ??= error;
      });
      this.#log.finish(failure.error);
    }
  }

  async *#converse(): AsyncGenerator<ExecuteResponse> {
    const { open, trace } = this.#call;
    this.#report.accept(open.attempt, trace);
    // So that it is dead when the lease is over.
    const leaseMs = open.leaseMs - Math.min(open.graceMs, open.leaseMs / 2);
    this.#lease = startLease(leaseMs, () =>
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
    // So that the master hears of it before this thread looks at the tree.
    await nextTurn();
    const { longestGraceMs, workspaceLimitBytes: limitBytes } = this.#context;
    const tree = this.#context.trees.of(this.#call.caller).lease(open.workspace);
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
    const { changes } = captured;
    // So that whoever comes after this attempt finds it free.
    if (!changes?.contents.length) await this.#releaseTree();
    this.#finished = true;
    this.#result = captured.result;
    yield finishedFrame(captured.result, changes !== undefined, capturing());
    if (changes) yield* offerChanges(changes, { base, endpoint, signal: gone });
    await inbox.next("acknowledge", gone);
  }

  async *#receiveBundle(open: CheckedOpen): AsyncGenerator<ExecuteResponse, Uint8Array | undefined> {
    const { bundle } = open;
    this.#inbox.expect(bundle && "bundle");
    yield this.#accepted(bundle !== undefined);
    if (!bundle) return undefined;
    const bytes = await collectPieces(
      async () => (await this.#inbox.next("bundle", this.#stop.signal)).bundle,
      Math.min(bundle.sizeBytes, WIRE_LIMITS.bundleBytes),
    );
    requireDigest("The bundle", createHash("sha256").update(bytes).digest("hex"), bundle.digest);
    return bytes;
  }

  #accepted(bundleNeeded: boolean): ExecuteResponse {
    const { leaseMs, idempotencyKey } = this.#call.open;
    return { frame: { $case: "accepted", accepted: { leaseMs, bundleNeeded, idempotencyKey } } };
  }

  async *#waitForSlot({ attempt }: CheckedOpen, endpoint: TransferEndpoint): AsyncGenerator<ExecuteResponse> {
    this.#inbox.expect("snapshot");
    const turn = { caller: this.#call.caller, run: attempt.runId };
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
    // What is stopped by now has not started, and whoever asks is told so.
    signal.throwIfAborted();
    this.#started = true;
    if (this.#canBeJoined) this.#log.keep();
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

  async #letGo(failure: unknown): Promise<void> {
    this.#report.end(this.#stop.signal, this.#result);
    this.#end("lost", "its master has its result");
    this.#lease?.end();
    this.#slot?.release();
    this.#context.registry.closeTransfer(this.#transferId);
    this.#inbox.close();
    const { message: reason } = this.#stop.signal.reason as SessionEnd;
    this.#context.registry.settle(this.#call.open.idempotencyKey, { hasStarted: this.#started, reason });
    await this.#releaseTree(failure);
  }

  async #releaseTree(failure?: unknown): Promise<void> {
    const tree = this.#tree;
    this.#tree = undefined;
    await tree?.release(failure);
  }
}
