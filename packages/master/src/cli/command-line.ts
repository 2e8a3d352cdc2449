import yargs, { type Argv } from "yargs";
import { MasterError } from "../master-error.js";
import { softwareVersion } from "../software-version.js";
import { type ChangesArguments, changesOptions, toChanges } from "./changes-options.js";
import { type FileArguments, fileOption, toFile } from "./file-option.js";
import { usage } from "./option-values.js";
import { type RunArguments, runOptions, toRun } from "./run-options.js";
import {
  type LogsArguments,
  logsOptions,
  type ReportArguments,
  type RunsArguments,
  reportOptions,
  runsOptions,
  toLogs,
  toReport,
  toRuns,
} from "./stored-run-options.js";
import { type SyncArguments, syncOptions, toSync } from "./sync-options.js";
import { toTypes, typesOptions } from "./types-options.js";
import { toValidate, type ValidateArguments, validateOptions } from "./validate-options.js";
import type { WorkflowPlace } from "./workflow-directory.js";

/** What the user asked for. `shown` means that help or the version has been printed. */
export type CommandLine =
  | { kind: "run"; args: RunArguments }
  | { kind: "list"; args: FileArguments }
  | { kind: "validate"; args: ValidateArguments }
  | { kind: "changes"; args: ChangesArguments }
  | { kind: "runs"; args: RunsArguments }
  | { kind: "logs"; args: LogsArguments }
  | { kind: "report"; args: ReportArguments }
  | { kind: "sync"; args: SyncArguments }
  | { kind: "types"; args: WorkflowPlace }
  | { kind: "usage-error"; message: string }
  | { kind: "shown" };

/** Reads the arguments after the program's name. */
export async function parseCommandLine(args: string[]): Promise<CommandLine> {
  let mistake: string | undefined;
  const parser = describeCommands(yargs(args)).fail((message, error) => {
    mistake ??= message ?? error?.message;
  });
  try {
    const parsed = await parser.parseAsync();
    if (mistake) return usageError(mistake);
    return parsed.help || parsed.version ? { kind: "shown" } : await toCommand(parsed);
  } catch (error) {
    if (error instanceof MasterError && error.code === "USAGE") return usageError(mistake ?? error.message);
    throw error;
  }
}

// Without handlers, since after a handler yargs composes the help, wanted or not, and that takes longer than all else.
function describeCommands(parser: Argv): Argv {
  return parser
    .scriptName("sloth")
    .usage(
      "$0 <command> [options]\n\nRuns a workflow: tasks here and on other machines, as if all were here.",
    )
    .command("run [tasks..]", "Run a workflow", runOptions)
    .command("list", "List the groups and tasks of a workflow", fileOption)
    .command("validate", "Check a workflow without running anything", validateOptions)
    .command("changes [run] [task]", "Look at, apply or discard changes that were kept", changesOptions)
    .command("runs", "List the runs that were recorded", runsOptions)
    .command("logs [run] [task]", "Show what a task printed, in the last run or another", logsOptions)
    .command("report [run]", "Tell what happened in the last run or another", reportOptions)
    .command("sync", "Show what a run would send to its agents", syncOptions)
    .command("types", "Write definitions for editors that complete and check Lua", typesOptions)
    .demandCommand(1, "Say what to do: run, list, validate, changes, runs, logs, report, sync or types.")
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
    .wrap(Math.min(100, process.stdout.columns ?? 80));
}

async function toCommand(parsed: Record<string, unknown>): Promise<CommandLine> {
  const [name] = parsed._ as unknown[];
  switch (name) {
    case "run":
      return { kind: "run", args: await toRun(parsed) };
    case "list":
      return { kind: "list", args: toFile(parsed) };
    case "validate":
      return { kind: "validate", args: toValidate(parsed) };
    case "changes":
      return { kind: "changes", args: await toChanges(parsed) };
    case "runs":
      return { kind: "runs", args: toRuns(parsed) };
    case "logs":
      return { kind: "logs", args: toLogs(parsed) };
    case "report":
      return { kind: "report", args: toReport(parsed) };
    case "sync":
      return { kind: "sync", args: await toSync(parsed) };
    case "types":
      return { kind: "types", args: toTypes(parsed) };
    default:
      throw usage(`There is no command ${String(name)}.`);
  }
}

function usageError(message: string): CommandLine {
  const line = message.split("\n").filter(Boolean).join(". ");
  return { kind: "usage-error", message: `${/[.?]$/.test(line) ? line : `${line}.`} See sloth --help.` };
}
