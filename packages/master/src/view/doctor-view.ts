import type { Outcome } from "../doctor/check.js";
import type { DoctorReport } from "../doctor/doctor-report.js";
import type { CheckResult } from "../doctor/run-checks.js";
import { printableName } from "./printable.js";

const MARKS: Record<Outcome, string> = { ok: "✓", warning: "!", failed: "✗", skipped: "-" };

/** One check by lines: what was found, and below it the command that mends it. */
export function describeCheck({ name, outcome, message, mend }: CheckResult): string[] {
  const line = printableName(`${MARKS[outcome]} ${name}: ${message}`);
  return mend === undefined ? [line] : [line, `    ${printableName(mend)}`];
}

/** The last line. */
export function describeHealth({ checks }: DoctorReport): string {
  const count = (wanted: Outcome) => checks.filter(({ outcome }) => outcome === wanted).length;
  const warnings = count("warning") === 0 ? "" : `, ${count("warning")} with a warning`;
  return `${count("failed")} of ${checks.length} checks failed${warnings}`;
}
