import { channel } from "node:diagnostics_channel";

/** Where the time of a delegated attempt goes, for whoever measures: one message when it is over. */
const attemptTimings = channel("sloth:attempt-timings");

/** Milliseconds by stage. */
export type AttemptTimings = Record<string, number>;

/** Adds up how long each stage of one attempt takes. */
export class StageClock {
  readonly #timings: AttemptTimings = {};
  #since = performance.now();

  /** What has passed since the last lap was this stage. */
  lap(stage: string): void {
    const now = performance.now();
    this.note(stage, now - this.#since);
    this.#since = now;
  }

  /** A part of a stage, as the agent measured it. */
  note(stage: string, durationMs: number): void {
    this.#timings[stage] = (this.#timings[stage] ?? 0) + durationMs;
  }

  publish(): void {
    if (attemptTimings.hasSubscribers) attemptTimings.publish(this.#timings);
  }
}
