import { stat } from "node:fs/promises";
import type { RunListener } from "../../events/event-stream.js";
import type { RunEvent } from "../../events/run-event.js";
import type { ReportTarget } from "../../reports/report-target.js";
import { usage } from "../command-line/option-values.js";

/** The reports of one run. */
export interface Reports {
  /** Takes the events of the run as they come. */
  listen: RunListener;
  /** Takes the events of its record. */
  read(event: RunEvent): void;
  /** Called once, after the last event. Gives a line for each report that could not be written. */
  write(): Promise<string[]>;
}

/**
 * Brings their code in only where some are wanted.
 * @throws {MasterError} USAGE
 */
export async function openReports(targets: readonly ReportTarget[] = []): Promise<Reports> {
  if (targets.length === 0) return { listen: () => {}, read: () => {}, write: async () => [] };
  await refuseDirectories(targets);
  const { RunCollector } = await import("../../reports/model/collect-run.js");
  const { wholeCharacters } = await import("../../events/whole-characters.js");
  const collector = new RunCollector();
  const whole = wholeCharacters();
  return {
    // As they are recorded, so that bytes of two streams come in the same order.
    listen: (event) => {
      for (const recorded of whole(event)) collector.add(recorded);
    },
    read: (event) => collector.add(event),
    async write() {
      const { reportedRun } = collector;
      const { writeReports } = await import("../../reports/write-reports.js");
      return reportedRun ? writeReports(reportedRun, targets) : ["no events of the run are recorded"];
    },
  };
}

/** Tells of what can be known before there is anything to write. */
async function refuseDirectories(targets: readonly ReportTarget[]): Promise<void> {
  for (const { kind, path } of targets)
    if ((await stat(path).catch(() => undefined))?.isDirectory())
      throw usage(`--report ${kind}=${path} is a directory: name a file in it.`);
}
