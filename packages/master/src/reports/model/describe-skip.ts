import type { WhySkipped } from "../../events/run-event.js";
import type { ReportedTask } from "./reported-run.js";

/** Why a task did not run, for a person. */
export function describeSkip({ why }: Pick<ReportedTask, "why">): string {
  return why ? REASONS[why] : "the run ended before it";
}

const REASONS: Record<WhySkipped, string> = {
  dependency: "what it depends on did not succeed",
  halted: "something else had failed",
  "not-needed": "nothing failed that it handles",
  cancelled: "the run was ended",
  condition: "its run_if did not hold",
};
