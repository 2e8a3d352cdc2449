import type { Argv } from "yargs";
import { switched } from "../command-line/option-values.js";
import { type FileArguments, fileOption, toFile } from "../workflow/file-option.js";

export interface ValidateArguments extends FileArguments {
  /** Print a `Validation` instead of text. */
  json: boolean;
}

export function validateOptions(command: Argv) {
  return fileOption(command).option("json", {
    type: "boolean",
    describe: "Print the result as one JSON document on standard output",
  });
}

/** @throws {MasterError} USAGE */
export function toValidate(parsed: Record<string, unknown>): ValidateArguments {
  return { ...toFile(parsed), json: switched(parsed.json) ?? false };
}
