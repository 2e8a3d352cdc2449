import type { CheckResult } from "./run-checks.js";

/**
 * What `sloth doctor --json` prints: one JSON document on standard output, which ends with a line break. Members may be
 * added; those that are here keep their meaning.
 */
export interface DoctorReport {
  /** No check has failed. */
  healthy: boolean;
  /** In a fixed order: of this machine, of the workflow, of the agents. */
  checks: CheckResult[];
}

export function reportOf(checks: CheckResult[]): DoctorReport {
  return { healthy: checks.every(({ outcome }) => outcome !== "failed"), checks };
}
