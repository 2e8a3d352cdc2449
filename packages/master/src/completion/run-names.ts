import { completePlace } from "../cli/place/complete-place.js";
import { findWorkflowDirectory } from "../cli/workflow/workflow-directory.js";
import { listRunIds, readRun } from "../run-store/stored-runs.js";
import { formatWhen } from "../view/runs-table.js";
import { type Candidate, words } from "./candidate.js";
import type { TypedArguments } from "./typed-line.js";
import { typedPlace } from "./typed-place.js";

/** The ids of the runs that are recorded, the newest first. */
export async function runNames(typed: TypedArguments): Promise<Candidate[]> {
  const directory = await directoryOf(typed);
  const ids = await listRunIds(directory);
  const runs = await Promise.all(
    ids.map(async (value) => {
      const run = await readRun(directory, value);
      return { value, ...(run && { describe: `${formatWhen(run.record.started)} ${run.record.result}` }) };
    }),
  );
  return typed.command === "changes" || runs.length === 0
    ? runs
    : [{ value: "last", describe: "The last run" }, ...runs];
}

/** The tasks of the run that is typed, else of the last one. */
export async function taskNamesOfRun(typed: TypedArguments): Promise<Candidate[]> {
  const { findRun } = await import("../run-store/find-run.js");
  const { record } = await findRun(await directoryOf(typed), typed.positionals[0]);
  const names = record.tasks.map(({ task }) => task);
  const isAmbiguous = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  const inGroup = typed.current.includes("/");
  return words(
    record.tasks.map(({ group, task }) => (inGroup || isAmbiguous(task) ? `${group}/${task}` : task)),
  );
}

function directoryOf({ options }: TypedArguments): Promise<string> {
  const { parsed } = completePlace(typedPlace(options));
  return findWorkflowDirectory(parsed);
}
