import type { RunSummary } from "../events/run-event.js";

/** What the process ends with; in `--help` too. */
export const EXIT = {
  succeeded: 0,
  taskFailed: 1,
  /** Wrong usage, or a mistake in the workflow. */
  usage: 2,
  /** An agent that cannot be reached or was lost, or a sync that broke: worth another try. */
  infrastructure: 3,
  /** The run exceeded its time limit. */
  timedOut: 124,
  /** The terminal was closed. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** A task that failed outweighs infrastructure that failed. */
export function exitCodeOf(summary: RunSummary, stopSignal: NodeJS.Signals | undefined): number {
  if (stopSignal) return exitCodeOfSignal(stopSignal);
  // Nobody reads the output any more.
  if (summary.ended === "interrupted") return EXIT.interrupted;
  if (summary.ended === "timed-out") return EXIT.timedOut;
  if (summary.failed > 0) return EXIT.taskFailed;
  if (summary.lost > 0) return EXIT.infrastructure;
  return EXIT.succeeded;
}

export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  if (signal === "SIGINT") return EXIT.interrupted;
  return signal === "SIGHUP" ? EXIT.hungUp : EXIT.terminated;
}
