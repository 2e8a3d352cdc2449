import type { Argv } from "yargs";

/** The workflow of a command that cannot do without. */
export function fileOption(command: Argv) {
  return command.option("file", {
    alias: "f",
    type: "string",
    demandOption: "Name the workflow with -f FILE.",
    describe: "The workflow, a Lua file",
  });
}
