import { join } from "node:path";
import { writeJson } from "../../events/json-text.js";
import type { JsonValue } from "../../events/json-value.js";
import type { ReportTarget } from "../../reports/report-target.js";
import { findRun } from "../../run-store/find-run.js";
import type { TaskRecord } from "../../run-store/run-record.js";
import { readEvents, readSummary, type StoredRun } from "../../run-store/stored-runs.js";
import { readLogEnd } from "../../run-store/task-log.js";
import { isFailure } from "../../view/describe-failure.js";
import { KEPT_BYTES, OutputTail } from "../../view/output-tail.js";
import { describeReport } from "../../view/report.js";
import { EXIT } from "../exit-code.js";
import { complain, type Output, openOutput, printLines } from "../output.js";
import { openReports } from "../run/open-reports.js";
import { findWorkflowDirectory } from "../workflow/workflow-directory.js";
import { replay } from "./replay.js";
import type { ReportArguments } from "./stored-run-options.js";

/** Tells what happened in a run, or shows it again; gives the exit code. */
export async function reportCommand(args: ReportArguments, output: Output = openOutput()): Promise<number> {
  const run = await findRun(await findWorkflowDirectory(args), args.run);
  if (args.reports) return report(run, args.reports, output);
  if (args.replay) await replay(run, output);
  else if (args.output === "json") await printLines(output, [await summaryOf(run)]);
  else await printLines(output, await reportOf(run));
  return EXIT.succeeded;
}

async function reportOf(run: StoredRun): Promise<string[]> {
  const lastLines = new Map<TaskRecord, string[]>();
  for (const task of run.record.tasks.filter(({ status }) => isFailure(status))) {
    const tail = new OutputTail();
    tail.push(await readLogEnd(run, task, KEPT_BYTES));
    lastLines.set(task, tail.lastLines());
  }
  return describeReport(run.record, {
    directory: process.cwd(),
    outputOf: (task) => ({
      lastLines: lastLines.get(task) ?? [],
      log: task.log && join(run.directory, task.log),
    }),
  });
}

/** As it was written, with all digits; of a run that has not ended, what is known of it. */
async function summaryOf({ directory, record }: StoredRun): Promise<string> {
  const written = record.ended === undefined ? undefined : await readSummary(directory);
  return written?.trimEnd() ?? writeJson(record as JsonValue, "  ");
}

/** Writes reports as the run would have. */
async function report(
  { directory }: StoredRun,
  targets: readonly ReportTarget[],
  output: Output,
): Promise<number> {
  const reports = await openReports(targets);
  for await (const event of readEvents(directory)) reports.read(event);
  const unwritten = await reports.write();
  for (const problem of unwritten) await complain(output, problem);
  return unwritten.length > 0 ? EXIT.infrastructure : EXIT.succeeded;
}
