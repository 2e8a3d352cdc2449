import type { OnAgentLost } from "@sloth/dsl";
import { WIRE_LIMITS } from "@sloth/protocol";

/** What becomes of an attempt whose agent is not heard any more. */
export interface LossTerms {
  /**
   * - `fail`: the agent is looked for a moment; then its outcome is unknown.
   * - `wait`: it is looked for as long as it keeps the attempt.
   * - `retry`: the same; then the attempt is dead there, and another one may start.
   */
  onLost: OnAgentLost;
  /** How long the agent keeps an attempt whose master it does not hear, in milliseconds. */
  leaseMs: number;
}

/** So that a connection that was cut and is there again at once loses nothing, and one that is gone is told in time. */
export const MOMENT_MS = 2000;
/**
 * Between the end of the lease as it is counted here and as the agent counts it, at most. It counts from when it has read
 * a frame that may have been on the way for as long as it takes to notice a silent connection (8.5 s); clocks of two
 * machines run differently; the last processes take a moment to die.
 */
const MARGIN_MS = 10_000;

/** @param leaseMs - as it was typed. Absent: 60 s, and 10 minutes where the agent is waited for */
export function lossTerms(onLost: OnAgentLost = "fail", leaseMs?: number): LossTerms {
  return { onLost, leaseMs: leaseMs ?? (onLost === "wait" ? WIRE_LIMITS.maxLeaseMs : WIRE_LIMITS.leaseMs) };
}

/** How long an agent is looked for that is not heard any more, in milliseconds. */
export function patienceOf(terms: LossTerms, graceMs: number): number {
  return terms.onLost === "fail" ? MOMENT_MS : deadAfterMs(terms, graceMs);
}

/**
 * How long after its agent was heard last an attempt may live there, in milliseconds.
 * @param graceMs - of the attempt; the agent begins to stop it one grace period before the end of the lease, or half of the
 * lease before where that is shorter
 */
export function deadAfterMs({ leaseMs }: LossTerms, graceMs: number): number {
  return leaseMs + Math.max(0, graceMs - leaseMs / 2) + MARGIN_MS;
}
