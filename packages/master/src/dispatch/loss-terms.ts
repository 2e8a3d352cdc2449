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
const MOMENT_MS = 2000;
/** By which the clocks of two machines may run differently within a lease, and a process may outlive its end. */
const MARGIN_MS = 2000;

/** @param leaseMs - as it was typed. Absent: 60 s, and 10 minutes where the agent is waited for */
export function lossTerms(onLost: OnAgentLost = "fail", leaseMs?: number): LossTerms {
  return { onLost, leaseMs: leaseMs ?? (onLost === "wait" ? WIRE_LIMITS.maxLeaseMs : WIRE_LIMITS.leaseMs) };
}

/** How long an agent is looked for that is not heard any more, in milliseconds. */
export function patienceOf({ onLost, leaseMs }: LossTerms): number {
  return onLost === "fail" ? MOMENT_MS : leaseMs + MARGIN_MS;
}
