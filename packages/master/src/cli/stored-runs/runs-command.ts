import { runsDirectory } from "../../run-store/run-store.js";
import { listRunIds, readRun, type StoredRun } from "../../run-store/stored-runs.js";
import { describeRuns } from "../../view/runs-table.js";
import { EXIT } from "../exit-code.js";
import { complain, type Output, openOutput, printLines } from "../output.js";
import { findWorkflowDirectory } from "../workflow/workflow-directory.js";
import type { RunsArguments } from "./stored-run-options.js";

/** Lists the runs that were recorded, the newest first; gives the exit code. */
export async function runsCommand(args: RunsArguments, output: Output = openOutput()): Promise<number> {
  const directory = await findWorkflowDirectory(args);
  const runs: StoredRun[] = [];
  for (const id of await listRunIds(directory)) {
    const run = await readRun(directory, id);
    if (run) runs.push(run);
  }
  if (args.json) {
    const summaries = runs.map(({ record: { tasks, warnings: _, ...rest } }) => ({
      ...rest,
      tasks: tasks.length,
    }));
    await printLines(output, [JSON.stringify({ runs: summaries })]);
    return EXIT.succeeded;
  }
  if (runs.length === 0) await complain(output, `no runs are recorded in ${runsDirectory(directory)}`);
  else await printLines(output, describeRuns(runs.map(({ record }) => record)));
  return EXIT.succeeded;
}
