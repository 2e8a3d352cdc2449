import type { Argv } from "yargs";
import { once } from "../command-line/option-values.js";
import type { WorkflowPlace } from "../workflow/workflow-directory.js";

export function typesOptions(command: Argv) {
  return command.option("file", {
    alias: "f",
    type: "string",
    describe: "The workflow beside which the files are put  [default: here]",
  });
}

export function toTypes(parsed: Record<string, unknown>): WorkflowPlace {
  const file = once("file", parsed.file);
  return file === undefined ? {} : { file };
}
