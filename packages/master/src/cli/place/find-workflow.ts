import { relative } from "node:path";
import { MasterError } from "../../master-error.js";
import { WORKFLOW_NAMES } from "../../plan/found-names.js";
import { alternatives } from "../command-line/option-values.js";
import { type Search, searchUpwards } from "./search-upwards.js";

export interface FoundWorkflow {
  /** Relative to the directory of the search. */
  file: string;
  /** It is not in that directory. */
  isAbove: boolean;
}

/**
 * The workflow of a directory: in it, or above.
 * @throws {MasterError} NOT_FOUND when there is none, USAGE when it is somebody else's
 */
export function findWorkflow(directory: string): FoundWorkflow {
  const search = searchUpwards(directory, { names: WORKFLOW_NAMES });
  if (!search.found) throw new MasterError("NOT_FOUND", nothingFound(directory, search));
  const { path, isAbove, isForeign } = search.found;
  const file = relative(directory, path);
  if (!isForeign) return { file, isAbove };
  const message = `${file} was found above this directory and belongs to another user, so it is not used.`;
  throw new MasterError("USAGE", `${message} If it is to be, name it with -f ${file}.`);
}

const ENDS = {
  repository: "where the git repository begins",
  home: "the last one below the home directory",
  root: "the last one below the root",
  mount: "where the file system begins",
};

function nothingFound(directory: string, { top, end }: Search): string {
  const names = alternatives(WORKFLOW_NAMES);
  const above = top === directory ? "" : ` and above it up to ${top}, ${ENDS[end]}`;
  return `There is no ${names} in ${directory}${above}. Name the workflow with -f FILE.`;
}
