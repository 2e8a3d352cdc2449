import { basename } from "node:path";
import { type Diagnostic, DslError } from "@sloth/dsl";
import { MasterError } from "../../master-error.js";
import type { FileArguments } from "../workflow/file-option.js";
import { loadFile } from "../workflow/load-file.js";

/**
 * What `sloth validate --json` prints: one JSON document on standard output, which ends with a line break. Members may
 * be added; those that are here keep their meaning.
 */
export interface Validation {
  valid: boolean;
  /** The workflow as it was named on the command line. */
  file: string;
  /** How many there are; 0 when the workflow is not valid. */
  groups: number;
  tasks: number;
  /** Every mistake, in the order of the source; empty when the workflow is valid. */
  diagnostics: ValidationDiagnostic[];
}

/** A mistake. What is not known is absent. */
export interface ValidationDiagnostic {
  /** The file that it is in, relative to the directory of the workflow; the workflow where no other is known. */
  file: string;
  /** From 1. Absent where no line can be named, as when there is no such file. */
  line?: number;
  /** From 1, in UTF-16 code units; a tab is one. */
  column?: number;
  group?: string;
  task?: string;
  field?: string;
  /** For people; its wording may change. */
  message: string;
}

/** Checks a workflow; what is wrong with it, or with the values for it, is part of the result. */
export async function validate(args: FileArguments): Promise<Validation> {
  const { file } = args;
  try {
    const { groups } = (await loadFile(args)).workflow;
    const tasks = groups.reduce((sum, group) => sum + group.tasks.length, 0);
    return { valid: true, file, groups: groups.length, tasks, diagnostics: [] };
  } catch (error) {
    const diagnostics = mistakesIn(error, basename(file));
    return { valid: false, file, groups: 0, tasks: 0, diagnostics };
  }
}

/** @throws what is not the user's mistake. */
function mistakesIn(error: unknown, file: string): ValidationDiagnostic[] {
  if (!(error instanceof DslError || error instanceof MasterError)) throw error;
  const found = error instanceof DslError ? error.diagnostics : [];
  return found.length > 0 ? found.map(toPublished) : [{ file, message: error.message }];
}

function toPublished({ source: _, ...published }: Diagnostic): ValidationDiagnostic {
  return published;
}
