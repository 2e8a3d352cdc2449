/**
 * One attempt on the master's side; docs/protocol.md has the conversation and the states.
 *
 *  1. open, send the bundle if it is asked for, wait for a slot
 *  2. take the snapshot, send its manifest and contents
 *  3. pass on output while the task runs
 *  4. receive the changeset and new contents into staging; after success merge and apply, else keep them
 *  5. acknowledge, read the end of the stream
 *
 * Non-guarantee: when the agent is lost in step 3, whether the task finished is unknown.
 */
import {
  type ExecuteResponse,
  encodingOf,
  type Finished,
  Metadata,
  ProtocolError,
  splitIntoPieces,
} from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskResult } from "@sloth/runtime";
import type { Workspace } from "@sloth/workspace";
import { warnOfMuch } from "../view/sync-view.js";
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
import type { Semaphore } from "./semaphore.js";
import { StageClock } from "./stage-clock.js";
import { TransferMeter } from "./transfer-meter.js";
import { logRecordOf, openFrame, resultOf, streamOf } from "./wire.js";
import type { WorkspaceTerms } from "./workspace-terms.js";

type Frame = NonNullable<ExecuteResponse["frame"]>;
type FrameKind = Frame["$case"];

/** How far an attempt has come; what a broken stream means depends on it. */
export type Stage = "opening" | "waiting" | "syncing" | "running" | "collecting" | "closing";

const NOT_STARTED: readonly Stage[] = ["opening", "waiting", "syncing"];

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
  /** Through which its contents go. */
  uploads: Semaphore;
  workspace: Workspace;
  terms: WorkspaceTerms;
  /** Sent along with the call. */
  headers: Record<string, string>;
  /** Ends the conversation at once; a polite cancellation is `cancel()`. */
  signal: AbortSignal;
}

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #outbox = new Outbox();
  readonly #output = new OutputChecker();
  readonly #changes = new ChangesCollector();
  readonly #outgoing: OutgoingWorkspace;
  #stage: Stage = "opening";
  #hasAll = false;
  #transferId = "";
  #result: TaskResult | undefined;
  /** Ends what is under way before the task starts: the snapshot and the upload. */
  readonly #stopSync = new AbortController();
  readonly #clock = new StageClock();

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#outgoing = new OutgoingWorkspace(options.workspace, options.terms);
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Whether the agent has all that it needs to start the task, so that it may have started unheard. */
  get mayHaveStarted(): boolean {
    return this.#hasAll || !NOT_STARTED.includes(this.#stage);
  }

  /** Asks the agent to stop the attempt; it goes on to its result. */
  cancel(reason: string): void {
    this.#outbox.sendNow({ $case: "cancel", cancel: { reason } });
    this.#stopSync.abort();
  }

  /** Holds the conversation; ends after the `result` event. Throws when the stream or the protocol breaks. */
  async *hold(): AsyncGenerator<TaskEvent> {
    const { attempt, agent, workspace, terms, headers, signal } = this.#options;
    const open = openFrame(attempt, workspace, agent, terms.rules);
    const responses = agent.channels.control.execute(this.#outbox.requests, {
      signal,
      metadata: new Metadata(headers),
    });
    const renewal = setInterval(() => this.#renew(), open.leaseMs / 4);
    try {
      await this.#outbox.send({ $case: "open", open });
      for await (const { frame } of this.#untilClosing(responses)) yield* this.#take(frame);
      // A result whose changes have not come is none.
      if (!this.#result || this.#stage !== "closing")
        throw new ProtocolError(
          "UNEXPECTED_FRAME",
          "The agent ended the stream before all of the result was here.",
        );
      yield { type: "result", result: this.#result };
    } finally {
      clearInterval(renewal);
      this.#outbox.close();
      this.#clock.lap("close");
      this.#clock.publish();
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
        yield { type: "stage", stage: "sync", slots: this.#options.agent.about.slots };
        return await this.#granted(frame.granted.transferId);
      case "need":
        return await this.#needed(frame.need);
      case "missing":
        return yield* this.#missing(frame.missing);
      case "started":
        this.#stage = "running";
        this.#clock.lap("negotiate and update");
        this.#clock.note("agent: verify", frame.started.verifyUs / 1000);
        this.#clock.note("agent: update", frame.started.updateUs / 1000);
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
        this.#finished(frame.finished);
        if (frame.finished.changesFollow) yield { type: "stage", stage: "return" };
        return;
      case "changes":
        return yield* this.#changed(frame.changes);
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
    this.#clock.lap("open");
    this.#transferId = transferId;
    await this.#unlessCancelled(async (signal) => {
      const snapshot = await this.#outgoing.announce(signal);
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
    const { agent, uploads } = this.#options;
    const { channels, features, link, target } = agent;
    this.#hasAll = false;
    const forecast = this.#outgoing.forecast(missing);
    const message = forecast && warnOfMuch(target.label, forecast);
    if (message !== undefined) yield { type: "log", record: { level: "warn", message, fields: undefined } };
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

  #finished(finished: Finished): void {
    this.#result = resultOf(finished);
    this.#clock.lap("task and capture");
    this.#clock.note("agent: capture", finished.captureUs / 1000);
    if (finished.changesFollow) this.#stage = "collecting";
    else this.#close();
  }

  async *#changed(piece: ChangesPiece): AsyncGenerator<TaskEvent> {
    const changes = this.#changes.add(piece);
    if (!changes) return;
    const meter = new TransferMeter("return");
    yield* meter.during(this.#takeOver(changes, meter));
    this.#clock.lap("download and apply");
    this.#close();
  }

  async #takeOver(changes: EncodedChanges, meter: TransferMeter): Promise<void> {
    const { agent, workspace, terms, signal } = this.#options;
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

  #close(): void {
    this.#stage = "closing";
    this.#outbox.sendNow({ $case: "acknowledge", acknowledge: {} });
  }

  #renew(): void {
    this.#outbox.sendNow({ $case: "renew", renew: { receivedSeq: this.#output.receivedSeq } });
  }
}
