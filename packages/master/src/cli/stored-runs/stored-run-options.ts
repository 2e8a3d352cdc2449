import type { Argv } from "yargs";
import type { ReportTarget } from "../../reports/report-target.js";
import { once, switched, usage } from "../command-line/option-values.js";
import { readReports, reportOption } from "../run/report-option.js";
import type { WorkflowPlace } from "../workflow/workflow-directory.js";

export interface RunsArguments extends WorkflowPlace {
  json: boolean;
}

export interface LogsArguments extends WorkflowPlace {
  /** What was typed, at most a run and a task; one alone may be either. */
  names: readonly string[];
  /** Go on until the task ends. */
  follow: boolean;
}

export interface ReportArguments extends WorkflowPlace {
  /** Default: the last one. */
  run?: string;
  /** Show the whole run again. */
  replay: boolean;
  /** Absent: text. */
  output?: "json";
  /** Written instead of anything else. Absent: none. */
  reports?: ReportTarget[];
}

/** `-f` is the file, but where it is to follow. */
function placeOptions<T>(command: Argv<T>, alias: string[] = []) {
  return command
    .option("file", { alias, type: "string", describe: "The workflow whose runs are meant" })
    .option("workdir", { type: "string", describe: "Its directory instead  [default: this one]" });
}

const RUN = "The run: its id, the beginning or end of it, or last";

export function runsOptions(command: Argv) {
  return placeOptions(command, ["f"]).option("json", {
    type: "boolean",
    describe: "Print one JSON document on standard output",
  });
}

export function logsOptions(command: Argv) {
  return placeOptions(command)
    .positional("run", { type: "string", describe: `${RUN}  [default: last]` })
    .positional("task", { type: "string", describe: "group/task, or the task's name alone" })
    .option("follow", { alias: "f", type: "boolean", describe: "Go on until the task ends" })
    .example("$0 compile", "What a task printed in the last run, byte for byte")
    .example("$0 7XF2 build/compile", "In the run whose id ends so")
    .example("$0 last", "All of the last run, as it was shown");
}

export function reportOptions(command: Argv) {
  return placeOptions(command, ["f"])
    .positional("run", { type: "string", describe: `${RUN}  [default: last]` })
    .option("replay", { type: "boolean", describe: "Show the whole run again, as it was shown" })
    .option("output", { type: "string", describe: "json: what is known of the run, as one JSON document" })
    .option("report", reportOption);
}

/** @throws {MasterError} USAGE */
export function toRuns(parsed: Record<string, unknown>): RunsArguments {
  return { ...toPlace(parsed), json: switched(parsed.json) ?? false };
}

/** @throws {MasterError} USAGE */
export function toLogs(parsed: Record<string, unknown>): LogsArguments {
  const names = [once("run", parsed.run), once("task", parsed.task)].filter((name) => name !== undefined);
  return { ...toPlace(parsed), names, follow: switched(parsed.follow) ?? false };
}

/** @throws {MasterError} USAGE */
export function toReport(parsed: Record<string, unknown>): ReportArguments {
  const output = once("output", parsed.output);
  if (output !== undefined && output !== "json")
    throw usage(`--output ${output} is not known; it can be json.`);
  const replay = switched(parsed.replay) ?? false;
  if (replay && output) throw usage("Give --replay or --output, not both.");
  const reports = readReports(parsed.report);
  if (reports && (replay || output)) throw usage("Give --report, --replay or --output, one of them.");
  return { ...toPlace(parsed), run: once("run", parsed.run), replay, output, reports };
}

function toPlace(parsed: Record<string, unknown>): WorkflowPlace {
  const [file, workdir] = [once("file", parsed.file), once("workdir", parsed.workdir)];
  if (file !== undefined && workdir !== undefined) throw usage("Give --file or --workdir, not both.");
  return { file, workdir };
}
