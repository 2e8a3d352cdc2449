/**
 * One attempt on the master's side; docs/protocol.md has the conversation and the states, `dialogue.ts` what each frame means.
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
  isBrokenConnection,
  Metadata,
  NOT_STARTED_TRAILER,
  type Open,
  ProtocolError,
} from "@sloth/protocol";
import type { TaskEvent } from "@sloth/runtime";
import { formatDuration } from "../view/format-duration.js";
import { AgentLost } from "./agent-lost.js";
import type { ConversationOptions } from "./conversation-options.js";
import { Dialogue } from "./dialogue.js";
import { findAgain } from "./find-again.js";
import type { ConnectedAgent } from "./greet-agent.js";
import { deadAfterMs, MOMENT_MS, patienceOf } from "./loss-terms.js";
import { Outbox } from "./outbox.js";
import { failureOf, stayingOpen } from "./responses.js";
import type { Stage } from "./stage.js";
import { attachFrame } from "./wire.js";

/** An agent that is joined answers at once. */
const JOIN_TIMEOUT_MS = 10_000;
/** For an agent that is let go to hear of it. */
const LAST_WORD_MS = 300;

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #dialogue: Dialogue;
  #outbox = new Outbox();
  #agent: ConnectedAgent;
  /** Of the whole conversation; undefined where nobody has cancelled it. */
  #cancelReason: string | undefined;
  /** Since when nothing of the attempt was heard; undefined while it is. */
  #brokenAtMs: number | undefined;
  /** When the agent may have heard of its master last, where a stream is over. */
  #partedAtMs = 0;
  /** Ends the search for an agent whose attempt is not wanted any more. */
  readonly #stopSearch = new AbortController();

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#agent = options.agent;
    this.#dialogue = new Dialogue(options);
  }

  get stage(): Stage {
    return this.#dialogue.stage;
  }

  /** Whether the agent has all that it needs to start the task, so that it may have started unheard. */
  get mayHaveStarted(): boolean {
    return this.#dialogue.mayHaveStarted;
  }

  /** Whether the result is here, and what is left to be said will be said without whoever listens. */
  get hasParted(): boolean {
    return this.#dialogue.hasParted;
  }

  /** Asks the agent to stop the attempt; it goes on to its result. */
  cancel(reason: string): void {
    this.#cancelReason = reason;
    this.#sendCancel();
    this.#dialogue.stopSync();
    // It is told when it is found in a moment; else its lease will end the attempt.
    setTimeout(() => this.#stopSearch.abort(), MOMENT_MS).unref();
  }

  /** Holds the conversation; ends after the `result` event. Throws when the stream or the protocol breaks. */
  async *hold(): AsyncGenerator<TaskEvent> {
    const renewal = setInterval(() => void this.#dialogue.receipts.renew(), this.#dialogue.open.leaseMs / 4);
    try {
      const { joined } = this.#options;
      for (let attach: Attach | undefined = joined?.received; ; attach = this.#dialogue.received) {
        const broken = yield* this.#overOneStream(attach);
        if (!broken) break;
        this.#brokenAtMs ??= performance.now();
        yield* this.#findAgain(broken.error);
      }
      const { result } = this.#dialogue;
      if (!result) throw new Error("A conversation that is over has a result.");
      yield { type: "result", result };
    } catch (error) {
      const neverStarted = error instanceof AgentLost ? error.isBeforeStart : !this.mayHaveStarted;
      if (neverStarted) await this.#options.ticket?.drop(this.#dialogue.open.idempotencyKey);
      else if (this.#mayLive(error)) yield* this.#untilDead();
      throw error;
    } finally {
      clearInterval(renewal);
      this.#dialogue.clock.lap("close");
      this.#dialogue.clock.publish();
    }
  }

  /** @returns what broke the stream, where another one may follow */
  async *#overOneStream(
    attach: Attach | undefined,
  ): AsyncGenerator<TaskEvent, { error: unknown } | undefined> {
    const { headers, signal } = this.#options;
    const hangUp = new AbortController();
    if (attach) await this.#dialogue.receipts.record();
    // From here to the first frame nothing is waited for, so that none comes before it.
    this.#outbox = new Outbox();
    this.#dialogue.speakTo(this.#agent, this.#outbox);
    const call = this.#agent.channels.control.execute(this.#outbox.requests, {
      signal: AbortSignal.any([signal, hangUp.signal]),
      metadata: new Metadata(headers),
      onTrailer: (trailer) => {
        if (trailer.has(NOT_STARTED_TRAILER)) this.#dialogue.noteNotStarted();
      },
    });
    const responses = stayingOpen(call);
    let late: NodeJS.Timeout | undefined;
    let mayFollow = false;
    try {
      await this.#outbox.send({ $case: "open", open: this.#openingFrame(attach) });
      late = setTimeout(() => this.#dialogue.isJoining && hangUp.abort(JOINED_LATE), JOIN_TIMEOUT_MS);
      if (attach && this.#cancelReason !== undefined) this.#sendCancel();
      for await (const { frame } of this.#untilClosing(responses)) {
        yield* this.#dialogue.take(frame);
        if (this.stage === "running") this.#brokenAtMs = undefined;
        if (this.hasParted) break;
      }
      // A result whose changes have not come is none.
      if (!this.#dialogue.result || this.stage !== "closing")
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
      if (!mayFollow && this.stage !== "closing") await this.#abandon(responses);
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

  /** What a transfer was refused for, the stream tells: where it has broken, the agent may know of it no more. */
  async #causeOf(error: unknown, responses: AsyncIterable<ExecuteResponse>): Promise<unknown> {
    const { kind } = describeRpcFailure(error);
    if (kind !== "unknown-there" && kind !== "refused") return error;
    return (await failureOf(responses, LAST_WORD_MS)) ?? error;
  }

  /** The last words; an agent that does not hear them lets go when the lease is over. */
  async #part(responses: AsyncIterable<ExecuteResponse>, hangUp: AbortController): Promise<void> {
    await this.#dialogue.acknowledge();
    const goesOn = await this.#untilClosing(responses).next();
    this.#outbox.close();
    if (!goesOn.done) hangUp.abort();
  }

  #openingFrame(attach: Attach | undefined): Open {
    const { open } = this.#dialogue;
    if (!attach) return open;
    this.#dialogue.join();
    return attachFrame(open, this.#agent, attach);
  }

  /** The agent that is asked for an attempt whose start was not heard of knows whether there was one. */
  #unlessNeverStarted(error: unknown): unknown {
    const { kind } = describeRpcFailure(error);
    if (this.stage !== "joining" || this.#dialogue.isTold || kind !== "unknown-there") return error;
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
    return !isOver && this.#dialogue.result === undefined;
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
    const unwanted = AbortSignal.any([signal, this.#dialogue.syncStopped]);
    await sleep(leftMs, undefined, { signal: unwanted }).catch(() => {});
  }

  #mayFollow(error: unknown): boolean {
    if (this.#options.signal.aborted || !this.mayHaveStarted || this.stage === "closing") return false;
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
      if (this.stage !== "closing") throw error;
    }
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

function warning(message: string): TaskEvent {
  return { type: "log", by: "sloth", record: { level: "warn", message, fields: undefined } };
}
