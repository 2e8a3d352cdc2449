import type { TaskResult } from "@sloth/runtime";
import type { AgentEventSink, AttemptName, AttemptOutcome, TraceHeaders } from "../events/agent-event.js";
import { SessionEnd } from "./session-end.js";

/** Tells what becomes of one attempt, once its name is known. */
export class AttemptReport {
  readonly #emit: AgentEventSink;
  #isApart = false;
  #accepted: { attempt: AttemptName; atMs: number } | undefined;

  constructor(emit: AgentEventSink) {
    this.#emit = emit;
  }

  accept(attempt: AttemptName, trace: TraceHeaders): void {
    this.#accepted = { attempt, atMs: performance.now() };
    this.#emit({ type: "attempt-accepted", attempt, trace });
  }

  grant(): void {
    if (!this.#accepted) return;
    const { attempt, atMs } = this.#accepted;
    this.#emit({ type: "attempt-granted", attempt, waitedMs: performance.now() - atMs });
  }

  /** The stream of its master broke, and it goes on. */
  part(): void {
    if (!this.#accepted || this.#isApart) return;
    this.#isApart = true;
    this.#emit({ type: "attempt-parted", attempt: this.#accepted.attempt });
  }

  /** Its master is back. */
  join(): void {
    this.#isApart = false;
    if (this.#accepted) this.#emit({ type: "attempt-joined", attempt: this.#accepted.attempt });
  }

  /** @param stop - what stopped the session before its time, if something did, and its result, if there is one */
  end(stop: AbortSignal, result: TaskResult | undefined): void {
    if (!this.#accepted) return;
    const { attempt, atMs } = this.#accepted;
    const end = stop.reason instanceof SessionEnd ? stop.reason : undefined;
    const outcome: AttemptOutcome = end?.end ?? result?.status ?? "lost";
    const durationMs = performance.now() - atMs;
    // Not the task's message: it may say what the task has read.
    this.#emit({ type: "attempt-ended", attempt, outcome, durationMs, ...(end && { reason: end.message }) });
  }
}
