import { join } from "node:path";
import { type LoadedWorkflow, taskDefinitions } from "@sloth/dsl";
import { MasterError } from "../../master-error.js";
import { chooseRerun, type Rerun } from "../../plan/rerun.js";
import { findRun } from "../../run-store/find-run.js";
import { listRunIds, readRun, type StoredRun } from "../../run-store/stored-runs.js";
import { describeRerun } from "../../view/rerun-line.js";
import { complain, type Output, openOutput } from "../output.js";

/**
 * What `--rerun-failed` runs again of a recorded run of a workflow; says what that comes to.
 * @param wanted - the run, as `findRun` takes it; `last` is the last one of this workflow
 * @throws {MasterError} NOT_FOUND, USAGE
 */
export async function openRerun(
  loaded: LoadedWorkflow,
  wanted: string,
  output: Output = openOutput(),
): Promise<Rerun> {
  const file = join(loaded.directory, loaded.workflow.file);
  const { record } =
    wanted === "last" ? await lastRunOf(file, loaded.directory) : await findRun(loaded.directory, wanted);
  const { runId } = record;
  if (record.file !== file)
    throw new MasterError("USAGE", `Run ${runId} is of ${record.file}, not of ${file}. Name that with -f.`);
  if (record.result === "running")
    throw new MasterError("USAGE", `Run ${runId} has not ended. Wait for it: sloth runs tells of it.`);
  const { groups } = loaded.workflow;
  const rerun = chooseRerun({ groups, record, definitionOf: taskDefinitions(loaded) });
  await complain(output, describeRerun(rerun));
  return rerun;
}

/** Several workflows may share a directory. */
async function lastRunOf(file: string, directory: string): Promise<StoredRun> {
  for (const id of await listRunIds(directory)) {
    const run = await readRun(directory, id);
    if (run?.record.file === file) return run;
  }
  throw new MasterError("NOT_FOUND", `No run of ${file} is recorded. Run it once without --rerun-failed.`);
}
