import type { Argv } from "yargs";
import { once, repeated } from "../command-line/option-values.js";

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
      isOfOneCall: true,
      describe: "The workflow, a Lua file  [default: the nearest, from here upwards]",
    })
    .option("values", {
      alias: "v",
      type: "string",
      isFile: true,
      isRepeatable: true,
      describe: "A YAML file that Lua has as `values`; may be repeated",
    })
    .option("set", {
      type: "string",
      isOfOneCall: true,
      describe: "One value, as a.b=c; wins over files; may be repeated",
    })
    .option("env-file", {
      alias: "e",
      type: "string",
      isFile: true,
      isRepeatable: true,
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
