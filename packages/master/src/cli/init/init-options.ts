import type { Argv } from "yargs";
import { once } from "../command-line/option-values.js";

export interface InitArguments {
  /** Where to; made where it is not there. */
  directory: string;
}

export function initOptions(command: Argv) {
  return command
    .positional("dir", { type: "string", describe: "The directory, made if need be  [default: here]" })
    .epilogue(
      "What is there already stays as it is. Exit codes: 0 all is there; 2 something cannot be written.",
    );
}

/** @throws {MasterError} USAGE */
export function toInit(parsed: Record<string, unknown>): InitArguments {
  return { directory: once("dir", parsed.dir) ?? "." };
}
