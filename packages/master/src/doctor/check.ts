import type { DoctorContext } from "./doctor-context.js";

/**
 * - `ok`: it is as it should be.
 * - `warning`: a run is possible, and something will be slow or missing.
 * - `failed`: a run will fail, or an agent cannot be used.
 * - `skipped`: it could not be looked at; `message` says why.
 */
export type Outcome = "ok" | "warning" | "failed" | "skipped";

/** What a check has found. */
export interface Finding {
  outcome: Outcome;
  /** For people, in one line; its wording may change. */
  message: string;
  /** A command that mends it, for a shell; with words in capitals where only the user knows. */
  mend?: string;
}

/**
 * One thing to look at. Checks know nothing of each other and run at the same time; each changes nothing but caches. One
 * that throws has failed.
 */
export interface Check {
  /** For people; unique among the checks of one call. */
  name: string;
  /** How long it may take, in milliseconds. Default: 10 s. */
  timeoutMs?: number;
  run(context: DoctorContext, signal: AbortSignal): Promise<Finding>;
}
