/**
 * One attempt on the master's side; docs/protocol.md has the conversation and the states.
 *
 *  1. open, send the bundle if it is asked for, wait for a slot
 *  2. take the snapshot, send its manifest and contents
 *  3. pass on output while the task runs
 *  4. receive the changeset and new contents into staging; after success merge and apply, else keep them
 *  5. acknowledge, read the end of the stream; after the result was told, where nothing of the task is fetched
 *
 * When the stream breaks from 3 on, the agent is looked for as long as the loss terms say, and a further stream goes on
 * where the one before ended.
 *
 * Non-guarantee: when the agent is not found again, whether the task finished is unknown.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Attach,
  describeRpcFailure,
  type ExecuteResponse,
  encodingOf,
  type Finished,
  heldBytesOf,
  isBrokenConnection,
  Metadata,
  NOT_STARTED_TRAILER,
  type Open,
  ProtocolError,
  splitIntoPieces,
} from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskResult } from "@sloth/runtime";
import type { Snapshot, Workspace } from "@sloth/workspace";
import { formatDuration } from "../view/format-duration.js";
import { warnOfMuch } from "../view/sync-view.js";
import { AgentLost } from "./agent-lost.js";
import { type FindAgainOptions, findAgain } from "./find-again.js";
import type { ConnectedAgent } from "./greet-agent.js";
import {
  ChangesCollector,
  type ChangesPiece,
  type EncodedChanges,
  takeOverChanges,
} from "./incoming-changes.js";
import { deadAfterMs, type LossTerms, MOMENT_MS, patienceOf } from "./loss-terms.js";
import { Outbox } from "./outbox.js";
import { type MissingFrame, OutgoingWorkspace } from "./outgoing-workspace.js";
import { OutputChecker, type ReceivedOutput } from "./output-checker.js";
import type { Partings } from "./partings.js";
import type { Semaphore } from "./semaphore.js";
import { StageClock } from "./stage-clock.js";
import { TransferMeter } from "./transfer-meter.js";
import { attachFrame, logRecordOf, openFrame, resultOf, streamOf } from "./wire.js";
import type { WorkspaceTerms } from "./workspace-terms.js";

/** An agent that is joined answers at once. */
const JOIN_TIMEOUT_MS = 10_000;
/** For an agent that is let go to hear of it. */
const LAST_WORD_MS = 300;
/** A part of what an agent holds. */
const ACKNOWLEDGED_AT_ONCE_BYTES = 512 * 1024;

type Accepted = Extract<Frame, { $case: "accepted" }>["accepted"];
type Frame = NonNullable<ExecuteResponse["frame"]>;
type FrameKind = Frame["$case"];

/** How far an attempt has come; what a broken stream means depends on it. */
export type Stage =
  | "opening"
  | "waiting"
  | "syncing"
  | "joining"
  | "joined"
  | "running"
  | "collecting"
  | "closing";

const NOT_STARTED: readonly Stage[] = ["opening", "waiting", "syncing"];

/** Which frames are welcome in which stage. */
const welcome: Record<Stage, readonly FrameKind[]> = {
  opening: ["accepted", "finished"],
  waiting: ["queued", "granted", "finished"],
  syncing: ["need", "missing", "started", "finished"],
  joining: ["accepted"],
  joined: ["granted", "started"],
  running: ["output", "log", "finished"],
  collecting: ["changes"],
  closing: [],
};

/** What is known of an attempt that another process has begun. */
export interface JoinedAttempt {
  key: string;
  /** Whether its start was told. */
  hasStarted: boolean;
  base: Snapshot;
  received: ReceivedOutput;
}

export interface AttemptTicket {
  write(key: string, agent: ConnectedAgent, base: Snapshot): Promise<void>;
  /** It has not started, and will not. */
  drop(key: string): Promise<void>;
  /** Called before the agent forgets the result. */
  settle(key: string, result: TaskResult): Promise<void>;
}

export interface ConversationOptions {
  attempt: Attempt;
  agent: ConnectedAgent;
  /** Through which its contents go. */
  uploads: Semaphore;
  workspace: Workspace;
  terms: WorkspaceTerms;
  loss: LossTerms;
  /** An attempt that was begun elsewhere, to be joined. Absent: it is begun here. */
  joined?: JoinedAttempt | undefined;
  /** Told of the attempt before it can start, so that another process can join it, and of its result. */
  ticket?: AttemptTicket | undefined;
  /** Resolves when what was told until now would survive the end of this process. Default: at once. */
  recorded?: (() => Promise<void>) | undefined;
  pool: FindAgainOptions["pool"] & { partings: Partings };
  /** Sent along with the call. */
  headers: Record<string, string>;
  /** Ends the conversation at once; a polite cancellation is `cancel()`. */
  signal: AbortSignal;
}

export class Conversation {
  readonly #options: ConversationOptions;
  #outbox = new Outbox();
  readonly #output: OutputChecker;
  #changes = new ChangesCollector();
  #agent: ConnectedAgent;
  readonly #open: Open;
  /** Of the whole conversation; undefined where nobody has cancelled it. */
  #cancelReason: string | undefined;
  /** Since when nothing of the attempt was heard; undefined while it is. */
  #brokenAtMs: number | undefined;
  /** When the agent may have heard of its master last, where a stream is over. */
  #partedAtMs = 0;
  /** The last output that whoever listens has taken. */
  #toldSeq = 0;
  /** The last output that survives the end of this process. */
  #recordedSeq = 0;
  #acknowledgedBytes = 0;
  #receivedBytes = 0;
  readonly #outgoing: OutgoingWorkspace;
  #stage: Stage = "opening";
  #hasAll = false;
  #transferId = "";
  #result: TaskResult | undefined;
  /** Ends what is under way before the task starts: the snapshot and the upload. */
  readonly #stopSync = new AbortController();
  /** Ends the search for an agent whose attempt is not wanted any more. */
  readonly #stopSearch = new AbortController();
  readonly #clock = new StageClock();
  /** Whether it was told that the task has started. */
  #isTold = false;
  /** Whether the agent holds the tree for what is fetched from it, and others have to wait for it. */
  #isTreeHeld = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { attempt, agent, workspace, terms, loss, joined } = options;
    this.#agent = agent;
    const open = openFrame(attempt, workspace, { agent, rules: terms.rules, leaseMs: loss.leaseMs });
    this.#open = joined ? { ...open, idempotencyKey: joined.key } : open;
    this.#outgoing = new OutgoingWorkspace(workspace, terms, joined?.base);
    this.#output = new OutputChecker(joined?.received);
    this.#isTold = joined?.hasStarted ?? false;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Whether the agent has all that it needs to start the task, so that it may have started unheard. */
  get mayHaveStarted(): boolean {
    return this.#hasAll || !NOT_STARTED.includes(this.#stage);
  }

  /** Whether the result is here, and what is left to be said will be said without whoever listens. */
  get hasParted(): boolean {
    return this.#stage === "closing" && !this.#isTreeHeld;
  }

  /** Asks the agent to stop the attempt; it goes on to its result. */
  cancel(reason: string): void {
    this.#cancelReason = reason;
    this.#sendCancel();
    this.#stopSync.abort();
    // It is told when it is found in a moment; else its lease will end the attempt.
    setTimeout(() => this.#stopSearch.abort(), MOMENT_MS).unref();
  }

  /** Holds the conversation; ends after the `result` event. Throws when the stream or the protocol breaks. */
  async *hold(): AsyncGenerator<TaskEvent> {
    const renewal = setInterval(() => void this.#renew(), this.#open.leaseMs / 4);
    try {
      const { joined } = this.#options;
      for (let attach: Attach | undefined = joined?.received; ; attach = this.#output.received) {
        const broken = yield* this.#overOneStream(attach);
        if (!broken) break;
        this.#brokenAtMs ??= performance.now();
        yield* this.#findAgain(broken.error);
      }
      if (!this.#result) throw new Error("A conversation that is over has a result.");
      yield { type: "result", result: this.#result };
    } catch (error) {
      const neverStarted = error instanceof AgentLost ? error.isBeforeStart : !this.mayHaveStarted;
      if (neverStarted) await this.#options.ticket?.drop(this.#open.idempotencyKey);
      else if (this.#mayLive(error)) yield* this.#untilDead();
      throw error;
    } finally {
      clearInterval(renewal);
      this.#clock.lap("close");
      this.#clock.publish();
    }
  }

  /** @returns what broke the stream, where another one may follow */
  async *#overOneStream(
    attach: Attach | undefined,
  ): AsyncGenerator<TaskEvent, { error: unknown } | undefined> {
    const { headers, signal } = this.#options;
    const hangUp = new AbortController();
    if (attach) await this.#recordAll();
    // From here to the first frame nothing is waited for, so that none comes before it.
    this.#outbox = new Outbox();
    const call = this.#agent.channels.control.execute(this.#outbox.requests, {
      signal: AbortSignal.any([signal, hangUp.signal]),
      metadata: new Metadata(headers),
      onTrailer: (trailer) => {
        if (trailer.has(NOT_STARTED_TRAILER)) this.#hasAll = false;
      },
    });
    const responses = stayingOpen(call);
    let late: NodeJS.Timeout | undefined;
    let mayFollow = false;
    try {
      await this.#outbox.send({ $case: "open", open: this.#openingFrame(attach) });
      late = setTimeout(() => this.#isJoining && hangUp.abort(JOINED_LATE), JOIN_TIMEOUT_MS);
      if (attach && this.#cancelReason !== undefined) this.#sendCancel();
      for await (const { frame } of this.#untilClosing(responses)) {
        yield* this.#take(frame);
        if (this.hasParted) break;
      }
      // A result whose changes have not come is none.
      if (!this.#result || this.#stage !== "closing")
        throw new ProtocolError(
          "UNEXPECTED_FRAME",
          "The agent ended the stream before all of the result was here.",
        );
    } catch (thrown) {
      const error = hangUp.signal.aborted ? JOINED_LATE : await this.#causeOf(thrown, responses);
      mayFollow = this.#mayFollow(error);
      if (!mayFollow) throw this.#unlessNeverStarted(error);
      return { error };
    } finally {
      if (!mayFollow && this.#stage !== "closing") await this.#abandon(responses);
      clearTimeout(late);
      this.#partedAtMs = performance.now();
      if (this.hasParted) this.#options.pool.partings.bidFarewell(() => this.#part(responses, hangUp));
      else {
        this.#outbox.close();
        hangUp.abort();
      }
    }
    return undefined;
  }

  get #isJoining(): boolean {
    return this.#stage === "joining" || this.#stage === "joined";
  }

  /** What a transfer was refused for, the stream tells: where it has broken, the agent may know of it no more. */
  async #causeOf(error: unknown, responses: AsyncIterable<ExecuteResponse>): Promise<unknown> {
    const { kind } = describeRpcFailure(error);
    if (kind !== "unknown-there" && kind !== "refused") return error;
    return (await failureOf(responses, LAST_WORD_MS)) ?? error;
  }

  /** The last words; an agent that does not hear them lets go when the lease is over. */
  async #part(responses: AsyncIterable<ExecuteResponse>, hangUp: AbortController): Promise<void> {
    await this.#acknowledge();
    const goesOn = await this.#untilClosing(responses).next();
    this.#outbox.close();
    if (!goesOn.done) hangUp.abort();
  }

  #openingFrame(attach: Attach | undefined): Open {
    if (!attach) return this.#open;
    this.#stage = "joining";
    this.#changes = new ChangesCollector();
    return attachFrame(this.#open, this.#agent, attach);
  }

  /** The agent that is asked for an attempt whose start was not heard of knows whether there was one. */
  #unlessNeverStarted(error: unknown): unknown {
    const { kind } = describeRpcFailure(error);
    if (this.#stage !== "joining" || this.#isTold || kind !== "unknown-there") return error;
    const reason = `The connection to ${this.#agent.target.label} broke`;
    return new AgentLost(`${reason}. The task had not started.`, {
      reason,
      isBeforeStart: true,
      cause: error,
    });
  }

  /** Whether a process of it may be alive on the agent. */
  #mayLive(error: unknown): boolean {
    const { kind } = describeRpcFailure(error);
    // The agent says how an attempt ended when no process of it is left.
    const isOver = kind === "refused" || kind === "timed-out";
    return !isOver && this.#result === undefined;
  }

  /** Another attempt may follow at once, and must not run beside this one. */
  async *#untilDead(): AsyncGenerator<TaskEvent> {
    const { attempt, loss, signal } = this.#options;
    if (loss.onLost !== "retry" || this.#cancelReason !== undefined) return;
    const leftMs = deadAfterMs(loss, attempt.graceMs) - (performance.now() - this.#partedAtMs);
    if (leftMs <= 0) return;
    const { label } = this.#agent.target;
    yield warning(
      `the task may live on ${label} for up to ${formatDuration(leftMs)} more, which is waited for`,
    );
    const unwanted = AbortSignal.any([signal, this.#stopSync.signal]);
    await sleep(leftMs, undefined, { signal: unwanted }).catch(() => {});
  }

  #mayFollow(error: unknown): boolean {
    if (this.#options.signal.aborted || !this.mayHaveStarted || this.#stage === "closing") return false;
    if (!this.#agent.features.includes("reattach")) return false;
    return isBrokenConnection(error);
  }

  async *#findAgain(error: unknown): AsyncGenerator<TaskEvent> {
    const { attempt, loss, pool } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#stopSearch.signal]);
    const { label } = this.#agent.target;
    const sinceMs = performance.now() - (this.#brokenAtMs ?? performance.now());
    const patienceMs = patienceOf(loss, attempt.graceMs) - sinceMs;
    const { details } = describeRpcFailure(error);
    const message = `the connection to ${label} broke (${details}); it is tried again for up to ${formatDuration(patienceMs)}`;
    yield warning(message);
    const found = await findAgain(this.#agent, { pool, patienceMs, signal });
    if (!found) throw error;
    this.#agent = { ...found, target: this.#agent.target };
  }

  /** Lets the agent go that may still listen; it would keep the attempt for its master to come back. */
  async #abandon(responses: AsyncIterable<ExecuteResponse>): Promise<void> {
    if (!this.#agent.features.includes("reattach")) return;
    this.#outbox.sendNow({ $case: "cancel", cancel: { reason: "its master gave up", abandon: true } });
    await failureOf(responses, LAST_WORD_MS);
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
        return await this.#accepted(frame.accepted);
      case "queued":
        return yield { type: "queued", position: frame.queued.position };
      case "granted":
        if (this.#stage === "joined" && !["", frame.granted.transferId].includes(this.#transferId))
          throw answeredForAnother();
        this.#transferId = frame.granted.transferId;
        if (this.#stage === "joined") return;
        yield { type: "stage", stage: "sync", slots: this.#agent.about.slots };
        return await this.#granted();
      case "need":
        return await this.#needed(frame.need);
      case "missing":
        return yield* this.#missing(frame.missing);
      case "started":
        this.#stage = "running";
        this.#brokenAtMs = undefined;
        if (this.#isTold) return;
        this.#isTold = true;
        this.#clock.lap("negotiate and update");
        this.#clock.note("agent: verify", frame.started.verifyUs / 1000);
        this.#clock.note("agent: update", frame.started.updateUs / 1000);
        return yield { type: "started", agent: this.#agent.target.label };
      case "output": {
        const stream = streamOf(frame.output.stream);
        this.#output.output(frame.output, stream);
        yield { type: "output", stream, bytes: frame.output.data };
        return this.#noteTold(heldBytesOf(frame));
      }
      case "log":
        this.#output.log(frame.log.seq);
        yield { type: "log", record: logRecordOf(frame.log) };
        return this.#noteTold(heldBytesOf(frame));
      case "finished":
        await this.#finished(frame.finished);
        if (frame.finished.changesFollow) yield { type: "stage", stage: "return" };
        return;
      case "changes":
        return yield* this.#changed(frame.changes);
    }
  }

  async #accepted({ leaseMs, bundleNeeded, idempotencyKey }: Accepted): Promise<void> {
    if (leaseMs > this.#open.leaseMs)
      throw new ProtocolError("UNEXPECTED_FRAME", "The agent granted a longer lease than it was asked for.");
    const isJoining = this.#stage === "joining";
    // An agent of an earlier version does not say, and cannot be joined.
    if (idempotencyKey !== this.#open.idempotencyKey && (idempotencyKey !== "" || isJoining))
      throw answeredForAnother();
    if (isJoining && bundleNeeded)
      throw new ProtocolError("UNEXPECTED_FRAME", "The agent began the attempt anew instead of going on.");
    if (isJoining) {
      this.#stage = "joined";
      return;
    }
    const { workflow } = this.#options.attempt;
    if (bundleNeeded && workflow) {
      for (const bundle of splitIntoPieces(workflow.bundle))
        await this.#outbox.send({ $case: "bundle", bundle });
    }
    this.#stage = "waiting";
  }

  async #granted(): Promise<void> {
    this.#stage = "syncing";
    this.#clock.lap("open");
    await this.#unlessCancelled(async (signal) => {
      const snapshot = await this.#outgoing.announce(signal);
      await this.#options.ticket?.write(this.#open.idempotencyKey, this.#agent, this.#outgoing.base);
      // The agent may hold it already.
      this.#hasAll = true;
      await this.#outbox.send({ $case: "snapshot", snapshot });
    });
    this.#clock.lap("snapshot");
  }

  async #needed(need: { all: boolean; sha256: Uint8Array[] }): Promise<void> {
    for (const manifest of this.#outgoing.manifestPieces(need))
      await this.#outbox.send({ $case: "manifest", manifest });
  }

  async *#missing(missing: MissingFrame): AsyncGenerator<TaskEvent> {
    const { uploads } = this.#options;
    const { channels, features, link, target } = this.#agent;
    this.#hasAll = false;
    const forecast = this.#outgoing.forecast(missing);
    const message = forecast && warnOfMuch(target.label, forecast);
    if (message !== undefined) yield warning(message);
    const compression = { encoding: encodingOf(features), link };
    const transferId = this.#transferId;
    this.#clock.lap("negotiate and update");
    const meter = new TransferMeter("sync");
    const onSent = () => {
      this.#hasAll = true;
    };
    const upload = this.#unlessCancelled((signal) =>
      uploads.use(
        () =>
          this.#outgoing.upload(channels.bulk, {
            missing,
            transferId,
            compression,
            meter,
            onSent,
            signal,
          }),
        signal,
      ),
    );
    yield* meter.during(upload);
    this.#clock.lap("upload");
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

  async #finished(finished: Finished): Promise<void> {
    this.#result = resultOf(finished);
    this.#clock.lap("task and capture");
    this.#clock.note("agent: capture", finished.captureUs / 1000);
    if (finished.changesFollow) this.#stage = "collecting";
    else await this.#close();
  }

  async *#changed(piece: ChangesPiece): AsyncGenerator<TaskEvent> {
    const changes = this.#changes.add(piece);
    if (!changes) return;
    this.#isTreeHeld = changes.hasContents;
    if (changes.hasContents) {
      const meter = new TransferMeter("return");
      yield* meter.during(this.#takeOver(changes, meter));
    } else await this.#takeOver(changes, new TransferMeter("return"));
    this.#clock.lap("download and apply");
    await this.#close();
  }

  async #takeOver(changes: EncodedChanges, meter: TransferMeter): Promise<void> {
    const { workspace, terms, signal } = this.#options;
    const agent = this.#agent;
    this.#result = await takeOverChanges({
      result: this.#result ?? { status: "succeeded" },
      changes,
      base: this.#outgoing.base,
      workspace,
      terms,
      client: agent.channels.bulk,
      transferId: this.#transferId,
      link: agent.link,
      meter,
      signal,
    });
  }

  /** The agent forgets what is acknowledged, so first all of it must survive the end of this process. */
  async #close(): Promise<void> {
    if (this.#isTreeHeld) {
      await this.#options.recorded?.();
      await this.#acknowledge();
    }
    this.#stage = "closing";
  }

  async #acknowledge(): Promise<void> {
    // Of a task whose end is recorded there is no ticket any more.
    if (this.#result) await this.#options.ticket?.settle(this.#open.idempotencyKey, this.#result);
    this.#outbox.sendNow({ $case: "acknowledge", acknowledge: {} });
  }

  /** Tells the agent that its master is there, and what it may forget. */
  async #renew(): Promise<void> {
    // At once, since a slow disk must not end the lease.
    if (this.#options.recorded) this.#sendRenew();
    await this.#recordAll();
    this.#sendRenew();
  }

  /** What the agent is told that its master has, it forgets; before it is recorded here, it would be lost with this process. */
  async #recordAll(): Promise<void> {
    const toldSeq = this.#toldSeq;
    this.#acknowledgedBytes = this.#receivedBytes;
    await this.#options.recorded?.();
    this.#recordedSeq = toldSeq;
  }

  #sendRenew(): void {
    this.#outbox.sendNow({ $case: "renew", renew: { receivedSeq: this.#recordedSeq } });
  }

  /** So that the agent, which holds what is not acknowledged, need not wait. */
  #noteTold(bytes: number): void {
    this.#toldSeq = this.#output.receivedSeq;
    this.#receivedBytes += bytes;
    if (this.#receivedBytes - this.#acknowledgedBytes >= ACKNOWLEDGED_AT_ONCE_BYTES) void this.#renew();
  }

  #sendCancel(): void {
    const cancel = { reason: this.#cancelReason ?? "", abandon: false };
    this.#outbox.sendNow({ $case: "cancel", cancel });
  }
}

const JOINED_LATE = new ProtocolError(
  "UNEXPECTED_FRAME",
  `The agent did not go on with the attempt for ${JOIN_TIMEOUT_MS / 1000} s.`,
);

/** What a stream breaks by within a time; undefined when it does not. */
function failureOf(responses: AsyncIterable<ExecuteResponse>, withinMs: number): Promise<unknown> {
  const rest = async () => {
    for await (const _ of responses);
  };
  const failure = rest().then(
    () => undefined,
    (error) => error,
  );
  return Promise.race([failure, sleep(withinMs, undefined, { ref: false })]);
}

function answeredForAnother(): ProtocolError {
  return new ProtocolError("UNEXPECTED_FRAME", "The agent answered for another attempt.");
}

/** The same, but leaving a loop over it does not end it. */
function stayingOpen<T>(stream: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = stream[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

function warning(message: string): TaskEvent {
  return { type: "log", by: "sloth", record: { level: "warn", message, fields: undefined } };
}
