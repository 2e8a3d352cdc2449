import type { Argv } from "yargs";
import { once, switched } from "../command-line/option-values.js";
import type { WorkflowPlace } from "../workflow/workflow-directory.js";

export interface ResumeArguments extends WorkflowPlace {
  /** As `findRun` takes it. */
  run: string;
  rerunsUnknown: boolean;
  /** Words that are added to the command line of that run. */
  words: readonly string[];
}

const OUTPUT = ["output", "color"] as const;

export function resumeOptions(command: Argv) {
  return command
    .positional("run", {
      type: "string",
      describe: "The run: its id, the beginning or end of it, or last  [default: last]",
    })
    .option("file", { alias: "f", type: "string", describe: "The workflow whose runs are meant" })
    .option("workdir", { type: "string", describe: "Its directory instead  [default: this one]" })
    .option("rerun-unknown", {
      type: "boolean",
      describe: "Run again what may have finished, and of which that is not known",
    })
    .option("output", { type: "string", describe: "How the run is shown, as for run" })
    .option("color", { type: "string", describe: "Colours, as for run" })
    .example("$0", "Take up the last run, whose process was killed")
    .epilogue(
      "What is recorded as succeeded does not run again; what runs on agents is joined, within its lease; " +
        "the rest is run, with the options of that run.",
    );
}

/** @throws {MasterError} USAGE */
export function toResume(parsed: Record<string, unknown>): ResumeArguments {
  const file = once("file", parsed.file);
  const workdir = once("workdir", parsed.workdir);
  return {
    run: once("run", parsed.run) ?? "last",
    rerunsUnknown: switched(parsed.rerunUnknown) ?? false,
    ...(file !== undefined && { file }),
    ...(workdir !== undefined && { workdir }),
    words: OUTPUT.flatMap((name) => {
      const value = once(name, parsed[name]);
      return value === undefined ? [] : [`--${name}=${value}`];
    }),
  };
}
