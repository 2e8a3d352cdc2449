import { writeJson } from "../events/json-text.js";
import type { JsonValue } from "../events/json-value.js";
import { findRun } from "../run-store/find-run.js";
import { readSummary, type StoredRun } from "../run-store/stored-runs.js";
import { describeReport } from "../view/report.js";
import { EXIT } from "./exit-code.js";
import { type Output, openOutput, printLines } from "./output.js";
import { replay } from "./replay.js";
import type { ReportArguments } from "./stored-run-options.js";
import { findWorkflowDirectory } from "./workflow-directory.js";

/** Tells what happened in a run, or shows it again; gives the exit code. */
export async function reportCommand(args: ReportArguments, output: Output = openOutput()): Promise<number> {
  const run = await findRun(await findWorkflowDirectory(args), args.run);
  if (args.replay) await replay(run, output);
  else if (args.output === "json") await printLines(output, [await summaryOf(run)]);
  else await printLines(output, describeReport(run.record));
  return EXIT.succeeded;
}

/** As it was written, with all digits; of a run that has not ended, what is known of it. */
async function summaryOf({ directory, record }: StoredRun): Promise<string> {
  const written = record.ended === undefined ? undefined : await readSummary(directory);
  return written?.trimEnd() ?? writeJson(record as JsonValue, "  ");
}
