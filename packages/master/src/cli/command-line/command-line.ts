import yargs, { type Argv } from "yargs";
import { MasterError } from "../../master-error.js";
import { softwareVersion } from "../../software-version.js";
import type { AnyCommand, Chosen, CommandLine } from "./command.js";
import { COMMANDS } from "./commands.js";
import { misusedSwitch } from "./misused-switch.js";
import { alternatives, usage } from "./option-values.js";

/** Narrower, options would be cut in pieces; a terminal wraps lines by itself. */
const LEAST_HELP_COLUMNS = 60;

/** What the scripts of `sloth completion` ask with; for no person. */
const COMPLETE = "__complete";

/** Reads the arguments after the program's name. */
export async function parseCommandLine(args: string[]): Promise<CommandLine> {
  let mistake: string | undefined;
  const [name = "", ...rest] = args;
  if (name === COMPLETE) return completing(rest);
  const known = COMMANDS.get(name);
  // yargs would make numbers and lists of it.
  const end = known?.takesCommand && rest.includes("--") ? rest.indexOf("--") : undefined;
  const behind = end === undefined ? undefined : rest.splice(end).slice(1);
  const parser = known ? describeCommand(yargs(rest), name, known) : describeAll(yargs(args));
  parser.fail((message, error) => {
    mistake ??= message ?? error?.message;
  });
  try {
    if (known) mistake = misusedSwitch(rest, () => known.options(yargs([])));
    const parsed = await parser.parseAsync();
    if (mistake)
      return usageError(await explain(mistake, parsed, known ?? COMMANDS.get(String(parsed._[0]))));
    if (parsed.help || parsed.version) return { kind: "shown" };
    return await choose(known ? name : String(parsed._[0]), { ...parsed, ...(behind && { behind }) });
  } catch (error) {
    if (error instanceof MasterError && error.code === "USAGE") return usageError(mistake ?? error.message);
    throw error;
  }
}

// The only one and the default: after any other, yargs composes the help, wanted or not, and that takes longer than
// all else.
function describeCommand(parser: Argv, name: string, { positionals, describe, options }: AnyCommand): Argv {
  return common(
    parser.scriptName(`sloth ${name}`).command(["$0", positionals].join(" ").trim(), describe, options),
  );
}

function describeAll(parser: Argv): Argv {
  parser
    .scriptName("sloth")
    .usage(
      "$0 <command> [options]\n\nRuns a workflow: tasks here and on other machines, as if all were here.",
    );
  for (const [name, { positionals, describe, options }] of COMMANDS)
    parser.command([name, positionals].join(" ").trim(), describe, options);
  return common(parser)
    .demandCommand(1, `Say what to do: ${alternatives([...COMMANDS.keys()])}.`)
    .strictCommands()
    .epilogue(
      "Exit codes: 0 all succeeded; 1 a task failed; 2 wrong usage or a mistake in the workflow; " +
        "3 an agent could not be reached or was lost, or a report not written; " +
        "124 the run timed out; 130 and 143 interrupted.",
    );
}

function common(parser: Argv): Argv {
  return parser
    .version(softwareVersion)
    .alias("version", "V")
    .alias("help", "h")
    .strict()
    .exitProcess(false)
    .wrap(Math.min(100, Math.max(LEAST_HELP_COLUMNS, process.stdout.columns ?? 80)));
}

/** Its words are those of another line, which is not finished. */
function completing(args: string[]): Chosen {
  const perform = async () => (await import("../completion/complete-command.js")).completeCommand(args);
  return { kind: "command", name: COMPLETE, args, notices: [], perform };
}

/** What is misspelt explains what is missing. */
async function explain(
  mistake: string,
  parsed: Record<string, unknown>,
  command?: AnyCommand,
): Promise<string> {
  const { describeUnknown, describeUnknownCommand } = await import("./unknown-words.js");
  const [first] = parsed._ as unknown[];
  const unknownCommand = command || first === undefined ? undefined : describeUnknownCommand(String(first));
  return describeUnknown(parsed, command) ?? unknownCommand ?? mistake;
}

async function choose(name: string, parsed: Record<string, unknown>): Promise<Chosen> {
  const command = COMMANDS.get(name);
  if (!command) throw usage(`There is no command ${name}.`);
  return command.choose(name, parsed, parseCommandLine);
}

function usageError(message: string): CommandLine {
  const line = message.split("\n").filter(Boolean).join(". ");
  return { kind: "usage-error", message: `${/[.?]$/.test(line) ? line : `${line}.`} See sloth --help.` };
}
