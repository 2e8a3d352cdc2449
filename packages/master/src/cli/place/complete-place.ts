import { relative } from "node:path";
import { WORKFLOW_NAMES } from "../../plan/found-names.js";
import { printableName } from "../../view/printable.js";
import type { Completed } from "../command-line/command.js";
import type { Parsed } from "../config/with-settings.js";
import { searchUpwards } from "./search-upwards.js";

/** Where the runs of the workflows in a directory are, below it. */
const RUNS = ".sloth/runs";

/**
 * Where no place is named, takes the nearest directory, from here upwards, that has runs or a workflow; this one where
 * there is none.
 */
export function completePlace(typed: Parsed, directory: string = process.cwd()): Completed {
  if (typed.file !== undefined || typed.workdir !== undefined) return { parsed: typed, notices: [] };
  const { found } = searchUpwards(directory, { names: [RUNS, ...WORKFLOW_NAMES], accepts: () => true });
  if (!found?.isAbove || found.isForeign) return { parsed: typed, notices: [] };
  const workdir = relative(directory, found.directory);
  return { parsed: { ...typed, workdir }, notices: [`looking in ${printableName(workdir)}`] };
}
