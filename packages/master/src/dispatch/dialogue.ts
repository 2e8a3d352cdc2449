/**
 * What the frames of one attempt mean, over whatever stream they come, and what the master says to them.
 *
 * It does not know how streams begin and break: `conversation.ts` does.
 */
import {
  type Attach,
  encodingOf,
  type Finished,
  heldBytesOf,
  type Open,
  ProtocolError,
  splitIntoPieces,
} from "@sloth/protocol";
import type { TaskEvent, TaskResult } from "@sloth/runtime";
import { warnOfMuch } from "../view/sync-view.js";
import type { ConversationOptions } from "./conversation-options.js";
import type { ConnectedAgent } from "./greet-agent.js";
import {
  ChangesCollector,
  type ChangesPiece,
  type EncodedChanges,
  takeOverChanges,
} from "./incoming-changes.js";
import { Outbox } from "./outbox.js";
import { type MissingFrame, OutgoingWorkspace } from "./outgoing-workspace.js";
import { OutputChecker } from "./output-checker.js";
import { Receipts } from "./receipts.js";
import { type Frame, isAfterStart, requireWelcome, type Stage } from "./stage.js";
import { StageClock } from "./stage-clock.js";
import { TransferMeter } from "./transfer-meter.js";
import { logRecordOf, openFrame, resultOf, streamOf } from "./wire.js";

type Accepted = Extract<Frame, { $case: "accepted" }>["accepted"];

export class Dialogue {
  readonly #options: ConversationOptions;
  /** What opened the attempt. */
  readonly open: Open;
  readonly clock = new StageClock();
  readonly #output: OutputChecker;
  readonly #outgoing: OutgoingWorkspace;
  readonly receipts: Receipts;
  #agent: ConnectedAgent;
  #outbox = new Outbox();
  #changes = new ChangesCollector();
  #stage: Stage = "opening";
  #hasAll = false;
  #transferId = "";
  #result: TaskResult | undefined;
  /** Ends what is under way before the task starts: the snapshot and the upload. */
  readonly #stopSync = new AbortController();
  #isTold: boolean;
  /** Whether the agent holds the tree for what is fetched from it, and others have to wait for it. */
  #isTreeHeld = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { attempt, agent, workspace, terms, loss, joined, recorded } = options;
    this.#agent = agent;
    const open = openFrame(attempt, workspace, { agent, rules: terms.rules, leaseMs: loss.leaseMs });
    this.open = joined ? { ...open, idempotencyKey: joined.key } : open;
    this.#outgoing = new OutgoingWorkspace(workspace, terms, joined?.base);
    this.#output = new OutputChecker(joined?.received);
    this.receipts = new Receipts({
      recorded,
      send: (receivedSeq) => this.#outbox.sendNow({ $case: "renew", renew: { receivedSeq } }),
    });
    this.#isTold = joined?.hasStarted ?? false;
  }

  get stage(): Stage {
    return this.#stage;
  }

  get isJoining(): boolean {
    return this.#stage === "joining" || this.#stage === "joined";
  }

  /** Whether it was told that the task has started. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Whether the agent has all that it needs to start the task, so that it may have started unheard. */
  get mayHaveStarted(): boolean {
    return this.#hasAll || isAfterStart(this.#stage);
  }

  /** Whether the result is here, and what is left to be said will be said without whoever listens. */
  get hasParted(): boolean {
    return this.#stage === "closing" && !this.#isTreeHeld;
  }

  get result(): TaskResult | undefined {
    return this.#result;
  }

  /** What is here of the output, for a stream that joins. */
  get received(): Attach {
    return this.#output.received;
  }

  /** Aborted when the sync is not wanted any more. */
  get syncStopped(): AbortSignal {
    return this.#stopSync.signal;
  }

  /** From now on frames go to this stream, and come from it. */
  speakTo(agent: ConnectedAgent, outbox: Outbox): void {
    this.#agent = agent;
    this.#outbox = outbox;
  }

  /** The stream is another one, and takes up what the one before has left. */
  join(): void {
    this.#stage = "joining";
    this.#changes = new ChangesCollector();
  }

  /** The agent says that the task has not started, and will not. */
  noteNotStarted(): void {
    this.#hasAll = false;
  }

  stopSync(): void {
    this.#stopSync.abort();
  }

  /** @throws {ProtocolError} UNEXPECTED_FRAME when it does not belong */
  async *take(frame: Frame | undefined): AsyncGenerator<TaskEvent> {
    const welcome = requireWelcome(frame, this.#stage);
    switch (welcome.$case) {
      case "accepted":
        return await this.#accepted(welcome.accepted);
      case "queued":
        return yield { type: "queued", position: welcome.queued.position };
      case "granted":
        if (this.#stage === "joined" && !["", welcome.granted.transferId].includes(this.#transferId))
          throw answeredForAnother();
        this.#transferId = welcome.granted.transferId;
        if (this.#stage === "joined") return;
        yield { type: "stage", stage: "sync", slots: this.#agent.about.slots };
        return await this.#granted();
      case "need":
        return await this.#needed(welcome.need);
      case "missing":
        return yield* this.#missing(welcome.missing);
      case "started":
        this.#stage = "running";
        if (this.#isTold) return;
        this.#isTold = true;
        this.clock.lap("negotiate and update");
        this.clock.note("agent: verify", welcome.started.verifyUs / 1000);
        this.clock.note("agent: update", welcome.started.updateUs / 1000);
        return yield { type: "started", agent: this.#agent.target.label };
      case "output": {
        const stream = streamOf(welcome.output.stream);
        this.#output.output(welcome.output, stream);
        yield { type: "output", stream, bytes: welcome.output.data };
        return this.#noteTold(heldBytesOf(welcome));
      }
      case "log":
        this.#output.log(welcome.log.seq);
        yield { type: "log", record: logRecordOf(welcome.log) };
        return this.#noteTold(heldBytesOf(welcome));
      case "finished":
        await this.#finished(welcome.finished);
        if (welcome.finished.changesFollow) yield { type: "stage", stage: "return" };
        return;
      case "changes":
        return yield* this.#changed(welcome.changes);
    }
  }

  async #accepted({ leaseMs, bundleNeeded, idempotencyKey }: Accepted): Promise<void> {
    if (leaseMs > this.open.leaseMs)
      throw new ProtocolError("UNEXPECTED_FRAME", "The agent granted a longer lease than it was asked for.");
    const isJoining = this.#stage === "joining";
    // An agent of an earlier version does not say, and cannot be joined.
    if (idempotencyKey !== this.open.idempotencyKey && (idempotencyKey !== "" || isJoining))
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
    this.clock.lap("open");
    await this.#unlessCancelled(async (signal) => {
      const snapshot = await this.#outgoing.announce(signal);
      await this.#options.ticket?.write(this.open.idempotencyKey, this.#agent, this.#outgoing.base);
      // The agent may hold it already.
      this.#hasAll = true;
      await this.#outbox.send({ $case: "snapshot", snapshot });
    });
    this.clock.lap("snapshot");
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
    this.clock.lap("negotiate and update");
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
    this.clock.lap("upload");
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
    this.clock.lap("task and capture");
    this.clock.note("agent: capture", finished.captureUs / 1000);
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
    this.clock.lap("download and apply");
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
      await this.acknowledge();
    }
    this.#stage = "closing";
  }

  /** What is acknowledged the agent forgets. */
  async acknowledge(): Promise<void> {
    // Of a task whose end is recorded there is no ticket any more.
    if (this.#result) await this.#options.ticket?.settle(this.open.idempotencyKey, this.#result);
    this.#outbox.sendNow({ $case: "acknowledge", acknowledge: {} });
  }

  #noteTold(bytes: number): void {
    this.receipts.noteTold(this.#output.receivedSeq, bytes);
  }
}

function answeredForAnother(): ProtocolError {
  return new ProtocolError("UNEXPECTED_FRAME", "The agent answered for another attempt.");
}

function warning(message: string): TaskEvent {
  return { type: "log", by: "sloth", record: { level: "warn", message, fields: undefined } };
}
