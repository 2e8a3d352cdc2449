import type { WorkspaceSettings } from "@sloth/dsl";
import yargs, { type Argv } from "yargs";
import { MasterError } from "../master-error.js";
import { softwareVersion } from "../software-version.js";
import { type ChangesArguments, changesOptions, toChanges } from "./changes-options.js";
import { type FileArguments, fileOption, toFile } from "./file-option.js";
import { once, switched, usage } from "./option-values.js";
import { type SyncArguments, syncOptions, toSync } from "./sync-options.js";
import { toTypes, typesOptions } from "./types-options.js";
import { toValidate, type ValidateArguments, validateOptions } from "./validate-options.js";
import type { WorkflowPlace } from "./workflow-directory.js";
import { applyOptions, sendOptions } from "./workspace-options.js";

export interface RunArguments extends FileArguments {
  group?: string;
  agents?: string;
  jobs?: number;
  keepGoing: boolean;
  /** Cap of Lua's memory, in bytes. */
  luaMemoryLimitBytes?: number;
  /** What was typed of how workspaces are sent and changes come back. */
  workspace: Partial<WorkspaceSettings>;
}

/** What the user asked for. `shown` means that help or the version has been printed. */
export type CommandLine =
  | { kind: "run"; args: RunArguments }
  | { kind: "list"; args: FileArguments }
  | { kind: "validate"; args: ValidateArguments }
  | { kind: "changes"; args: ChangesArguments }
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
    .command("run", "Run a workflow", runOptions)
    .command("list", "List the groups and tasks of a workflow", fileOption)
    .command("validate", "Check a workflow without running anything", validateOptions)
    .command("changes [run] [task]", "Look at, apply or discard changes that were kept", changesOptions)
    .command("sync", "Show what a run would send to its agents", syncOptions)
    .command("types", "Write definitions for editors that complete and check Lua", typesOptions)
    .demandCommand(1, "Say what to do: run, list, validate, changes, sync or types.")
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
      return toRun(parsed);
    case "list":
      return { kind: "list", args: toFile(parsed) };
    case "validate":
      return { kind: "validate", args: toValidate(parsed) };
    case "changes":
      return { kind: "changes", args: await toChanges(parsed) };
    case "sync":
      return { kind: "sync", args: await toSync(parsed) };
    case "types":
      return { kind: "types", args: toTypes(parsed) };
    default:
      throw usage(`There is no command ${String(name)}.`);
  }
}

function runOptions(command: Argv) {
  return sendOptions(applyOptions(fileOption(command), "What comes back:"))
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
    })
    .option("lua-memory", {
      type: "string",
      describe: "How much memory Lua has, to load and for each task here  [default: 512MiB]",
    });
}

async function toRun(parsed: Record<string, unknown>): Promise<CommandLine> {
  const { readBytes, readWorkspaceOptions } = await import("./read-workspace-options.js");
  const jobs = once("jobs", parsed.jobs);
  const count = /^\d{1,5}$/.test(jobs ?? "") ? Number(jobs) : undefined;
  if (jobs !== undefined && !count) throw usage(`--jobs ${jobs} is not a number of at least 1.`);
  return {
    kind: "run",
    args: {
      ...toFile(parsed),
      group: once("group", parsed.group),
      agents: once("agents", parsed.agents),
      jobs: count,
      keepGoing: switched(parsed.keepGoing) ?? false,
      luaMemoryLimitBytes: readBytes("lua-memory", once("lua-memory", parsed.luaMemory)),
      workspace: readWorkspaceOptions(parsed),
    },
  };
}

function usageError(message: string): CommandLine {
  const line = message.split("\n").filter(Boolean).join(". ");
  return { kind: "usage-error", message: `${/[.?]$/.test(line) ? line : `${line}.`} See sloth --help.` };
}
