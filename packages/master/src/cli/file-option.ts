import type { Argv } from "yargs";
import { once, repeated } from "./option-values.js";

/** What a workflow is loaded from. */
export interface FileArguments {
  file: string;
  values: readonly string[];
  set: readonly string[];
  envFiles: readonly string[];
}

/** The workflow of a command that cannot do without, and what it is loaded with. */
export function fileOption(command: Argv) {
  return command
    .option("file", {
      alias: "f",
      type: "string",
      demandOption: "Name the workflow with -f FILE.",
      describe: "The workflow, a Lua file",
    })
    .option("values", {
      alias: "v",
      type: "string",
      describe: "A YAML file that Lua has as `values`; may be repeated",
    })
    .option("set", { type: "string", describe: "One value, as a.b=c; wins over files; may be repeated" })
    .option("env-file", {
      alias: "e",
      type: "string",
      describe: "A .env file of variables for loading and for all tasks; may be repeated",
    });
}

/** @throws {MasterError} USAGE */
export function toFile(parsed: Record<string, unknown>): FileArguments {
  return {
    file: once("file", parsed.file) ?? "",
    values: repeated(parsed.values) ?? [],
    set: repeated(parsed.set) ?? [],
    envFiles: repeated(parsed.envFile) ?? [],
  };
}
