import yargs, { type Argv } from "yargs";
import { softwareVersion } from "../software-version.js";

export interface RunArguments {
  file: string;
  group?: string;
  agents?: string;
  jobs?: number;
  keepGoing: boolean;
}

/** What the user asked for. `shown` means that help or the version has been printed. */
export type CommandLine =
  | { kind: "run"; args: RunArguments }
  | { kind: "list"; args: { file: string } }
  | { kind: "validate"; args: { file: string } }
  | { kind: "usage-error"; message: string }
  | { kind: "shown" };

/** Reads the arguments after the program's name. */
export async function parseCommandLine(args: string[]): Promise<CommandLine> {
  let result: CommandLine = { kind: "shown" };
  let mistake: string | undefined;
  const parser = yargs(args)
    .scriptName("sloth")
    .usage(
      "$0 <command> [options]\n\nRuns a workflow: tasks here and on other machines, as if all were here.",
    )
    .command("run", "Run a workflow", runOptions, (parsed) => {
      result = toRun(parsed as unknown as ParsedRun);
    })
    .command("list", "List the groups and tasks of a workflow", fileOption, ({ file }) => {
      result = withFile("list", file);
    })
    .command("validate", "Check a workflow without running anything", fileOption, ({ file }) => {
      result = withFile("validate", file);
    })
    .demandCommand(1, "Say what to do: run, list or validate.")
    .epilogue(
      "Exit codes: 0 all succeeded; 1 a task failed; 2 wrong usage or a mistake in the workflow; " +
        "3 an agent could not be reached or was lost; 130 and 143 interrupted.",
    )
    .version(softwareVersion)
    .alias("version", "V")
    .alias("help", "h")
    .strict()
    .strictCommands()
    .recommendCommands()
    .exitProcess(false)
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .fail((message, error) => {
      mistake ??= message ?? error?.message;
    });
  await parser.parseAsync();
  return mistake ? usageError(mistake) : result;
}

function fileOption(command: Argv) {
  return command.option("file", {
    alias: "f",
    type: "string",
    demandOption: "Name the workflow with -f FILE.",
    describe: "The workflow, a Lua file",
  });
}

function runOptions(command: Argv) {
  return fileOption(command)
    .option("group", { alias: "g", type: "string", describe: "Only this group" })
    .option("agents", { type: "string", describe: "Inventory: a YAML file of named agents and aliases" })
    .option("jobs", {
      alias: "j",
      type: "string",
      describe: "How many tasks run here at once  [default: CPUs]",
    })
    .option("keep-going", {
      alias: "k",
      type: "boolean",
      default: false,
      describe: "Go on with what does not depend on a failure",
    });
}

interface ParsedRun {
  file: string | string[];
  group?: string | string[];
  agents?: string | string[];
  jobs?: string | string[];
  keepGoing: boolean;
}

function toRun({ file, group, agents, jobs, keepGoing }: ParsedRun): CommandLine {
  for (const [name, value] of Object.entries({ file, group, agents, jobs })) {
    if (Array.isArray(value)) return usageError(`--${name} is given more than once.`);
    if (value === "") return usageError(`--${name} is empty.`);
  }
  const count = /^\d{1,5}$/.test(String(jobs)) ? Number(jobs) : undefined;
  if (jobs !== undefined && !count) return usageError(`--jobs ${jobs} is not a number of at least 1.`);
  const text = {
    file: String(file),
    group: group as string | undefined,
    agents: agents as string | undefined,
  };
  return { kind: "run", args: { ...text, jobs: count, keepGoing } };
}

function withFile(kind: "list" | "validate", file: string | string[]): CommandLine {
  if (Array.isArray(file)) return usageError("--file is given more than once.");
  return file === "" ? usageError("--file is empty.") : { kind, args: { file } };
}

function usageError(message: string): CommandLine {
  const line = message.split("\n").filter(Boolean).join(". ");
  return { kind: "usage-error", message: `${/[.?]$/.test(line) ? line : `${line}.`} See sloth --help.` };
}
