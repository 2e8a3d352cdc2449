import type { WorkspaceSettings } from "@sloth/dsl";
import type { Argv } from "yargs";
import { once, switched, usage } from "../command-line/option-values.js";
import type { WorkflowPlace } from "../workflow/workflow-directory.js";
import { applyOptions } from "../workflow/workspace-options.js";

export interface ChangesArguments extends WorkflowPlace {
  /** The beginning of a run's id. */
  run?: string;
  /** `group/task`, or the name of a task. */
  task?: string;
  /** Default: the last one. */
  attempt?: number;
  action: "show" | "diff" | "apply" | "discard";
  /** The directory to apply to. Default: the one that the changes are of. */
  to?: string;
  /** What was typed of how to apply. */
  settings: Partial<WorkspaceSettings>;
}

export function changesOptions(command: Argv) {
  return applyOptions(command, "With --apply:")
    .positional("run", { type: "string", describe: "The run: its id or the beginning of it" })
    .positional("task", { type: "string", describe: "group/task, or the task's name alone" })
    .option("file", { alias: "f", type: "string", describe: "The workflow whose runs are meant" })
    .option("workdir", { type: "string", describe: "Its directory instead  [default: this one]" })
    .option("attempt", { type: "string", describe: "Which attempt of the task  [default: the last]" })
    .option("diff", { type: "boolean", describe: "Show what changed in the files" })
    .option("apply", { type: "boolean", describe: "Apply the changes to the working directory" })
    .option("to", { type: "string", describe: "Apply to this directory instead" })
    .option("discard", { type: "boolean", describe: "Remove what was kept" })
    .example("$0 -f FILE", "List what was kept")
    .example("$0 01KAX compile --diff", "Look at what a task did")
    .example("$0 01KAX compile --apply", "Take it over after all")
    .epilogue(
      "Exit codes: 0 done; 1 the changes conflict with the working directory or are refused; " +
        "2 wrong usage, or there is nothing of that name; 3 files could not be read or written.",
    );
}

/** @throws {MasterError} USAGE */
export async function toChanges(parsed: Record<string, unknown>): Promise<ChangesArguments> {
  const { readApplyOptions } = await import("../workflow/read-workspace-options.js");
  const [file, workdir] = [once("file", parsed.file), once("workdir", parsed.workdir)];
  if (file !== undefined && workdir !== undefined) throw usage("Give --file or --workdir, not both.");
  const action = readAction(parsed);
  const args = {
    file,
    workdir,
    run: once("run", parsed.run),
    task: once("task", parsed.task),
    attempt: readAttempt(once("attempt", parsed.attempt)),
    action,
    to: once("to", parsed.to),
    settings: readApplyOptions(parsed),
  };
  const option = action === "show" ? args.attempt && "attempt" : action;
  if (option && args.run === undefined)
    throw usage(`--${option} needs to know the run: sloth changes RUN TASK --${option}.`);
  const stray = ONLY_FOR_APPLY.find((option) => parsed[option] !== undefined);
  if (stray !== undefined && action !== "apply") throw usage(`--${stray} is for --apply.`);
  return args;
}

const ONLY_FOR_APPLY = ["to", "on-conflict", "external-symlinks", "allow-delete-all", "protect"];

function readAction(parsed: Record<string, unknown>): ChangesArguments["action"] {
  const actions = (["diff", "apply", "discard"] as const).filter((name) => switched(parsed[name]));
  const [action, another] = actions;
  if (another !== undefined) throw usage(`Give --${action} or --${another}, not both.`);
  return action ?? "show";
}

function readAttempt(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const attempt = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (attempt === 0) throw usage(`--attempt ${text} is not a number of at least 1.`);
  return attempt;
}
