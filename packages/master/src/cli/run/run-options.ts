import type { WorkspaceSettings } from "@sloth/dsl";
import type { Argv } from "yargs";
import type { Selection } from "../../plan/select-tasks.js";
import type { ReportTarget } from "../../reports/report-target.js";
import type { StoredRun } from "../../run-store/stored-runs.js";
import { COLORS, type Color } from "../../view/color.js";
import { OUTPUTS, type Output } from "../../view/open-view.js";
import { type TrustArguments, toTrust, trustOptions } from "../agents/trust-options.js";
import { once, oneOf, repeated, switched, usage } from "../command-line/option-values.js";
import { readTimeout } from "../command-line/read-timeout.js";
import { type FileArguments, fileOption, toFile } from "../workflow/file-option.js";
import { inventoryOption } from "../workflow/inventory-option.js";
import { applyOptions, sendOptions } from "../workflow/workspace-options.js";
import { readReports, reportOption } from "./report-option.js";
import { toView, type ViewArguments, viewOptions } from "./view-options.js";

export interface RunArguments extends FileArguments, ViewArguments {
  /** Of the workflow; all of it where nothing is said. */
  select: Selection;
  /** Time limit of the run in milliseconds. */
  timeoutMs?: number;
  /** Between TERM and KILL, in milliseconds. */
  graceMs?: number;
  /** How long an agent keeps a task whose master it does not hear, in milliseconds. */
  leaseMs?: number;
  agents?: string;
  trust: TrustArguments;
  /** Patterns of the agents that may be used. Absent: all. */
  limit?: readonly string[];
  jobs?: number;
  keepGoing: boolean;
  /** The run whose failures are run again, as `findRun` takes it. Absent: this is a run of its own. */
  rerunFailed?: string;
  /** The run that was killed, and is taken up. Absent: this is a run of its own. */
  resumed?: { run: StoredRun; rerunsUnknown: boolean };
  /** Show what would be done instead. */
  isDryRun: boolean;
  output: Output;
  color: Color;
  /** Written when the run has ended. Absent: none. */
  reports?: ReportTarget[];
  /** Cap of Lua's memory, in bytes. */
  luaMemoryLimitBytes?: number;
  /** What was typed of how workspaces are sent and changes come back. */
  workspace: Partial<WorkspaceSettings>;
}

export function runOptions(command: Argv) {
  return trustOptions(viewOptions(sendOptions(applyOptions(fileOption(command), "What comes back:"))))
    .positional("tasks", { type: "string", array: true, describe: "As --tasks" })
    .option("group", {
      alias: "g",
      type: "string",
      isOfOneCall: true,
      describe: "Only this group; may be repeated",
    })
    .option("tasks", {
      alias: "t",
      type: "string",
      isOfOneCall: true,
      describe: "Only these tasks, as a,b or group/a, and what they depend on; may be repeated",
    })
    .option("only", {
      type: "string",
      isOfOneCall: true,
      describe: "Only these tasks; what they depend on is taken as done",
    })
    .option("timeout", { type: "string", describe: "Time limit of the run: 90s, 1h30m, or seconds" })
    .option("grace", {
      type: "string",
      requiresArg: true,
      describe: "How long a task has to end between TERM and KILL, from 0 to 1h  [default: 10s]",
    })
    .option("lease", {
      type: "string",
      requiresArg: true,
      describe:
        'How long an agent keeps a task when it does not hear this run any more, from 2s to 10m  [default: 60s; 10m with on_agent_lost = "wait"]',
    })
    .option("agents", inventoryOption)
    .option("limit", {
      type: "string",
      requiresArg: true,
      isOfOneCall: true,
      describe: "Only these agents: build*,&eu*,!build3; may be repeated",
    })
    .option("jobs", {
      alias: "j",
      type: "string",
      describe: "How many tasks run here at once  [default: CPUs]",
    })
    .option("keep-going", {
      alias: "k",
      type: "boolean",
      describe: "Go on with what does not depend on a failure",
    })
    .option("rerun-failed", {
      type: "string",
      isOfOneCall: true,
      describe: "Run again what did not succeed in a run, the last one or RUN; the rest is taken as done",
    })
    .option("dry-run", {
      type: "boolean",
      isOfOneCall: true,
      describe: "Show what would be run and sent, and do nothing",
    })
    .option("output", {
      type: "string",
      describe: `How the run is shown: ${OUTPUTS.join(", ")}  [default: auto]`,
    })
    .option("color", { type: "string", describe: `Colours: ${COLORS.join(", ")}  [default: auto]` })
    .option("report", reportOption)
    .option("lua-memory", {
      type: "string",
      describe: "How much memory Lua has, to load and for each task here  [default: 512MiB]",
    });
}

/** @throws {MasterError} USAGE */
export async function toRun(parsed: Record<string, unknown>): Promise<RunArguments> {
  const { readBytes, readWorkspaceOptions } = await import("../workflow/read-workspace-options.js");
  const { readGrace } = await import("./read-grace.js");
  const { readLease } = await import("./read-lease.js");
  const jobs = once("jobs", parsed.jobs);
  const count = /^\d{1,5}$/.test(jobs ?? "") ? Number(jobs) : undefined;
  const timeoutMs = await readTimeout(parsed.timeout);
  if (jobs !== undefined && !count) throw usage(`--jobs ${jobs} is not a number of at least 1.`);
  const output = oneOf("output", parsed.output, OUTPUTS) ?? "auto";
  const select = {
    groups: repeated(parsed.group),
    tasks: named("tasks", parsed.tasks),
    only: named("only", parsed.only),
  };
  return {
    ...toFile(parsed),
    ...toView(parsed, output),
    select,
    rerunFailed: readRerun(parsed.rerunFailed, select),
    timeoutMs,
    graceMs: readGrace(once("grace", parsed.grace)),
    leaseMs: readLease(once("lease", parsed.lease)),
    agents: once("agents", parsed.agents),
    trust: toTrust(parsed),
    limit: repeated(parsed.limit),
    jobs: count,
    keepGoing: switched(parsed.keepGoing) ?? false,
    isDryRun: switched(parsed.dryRun) ?? false,
    output,
    color: oneOf("color", parsed.color, COLORS) ?? "auto",
    reports: readReports(parsed.report),
    luaMemoryLimitBytes: atLeast(
      LEAST_LUA_MEMORY,
      readBytes("lua-memory", once("lua-memory", parsed.luaMemory)),
    ),
    workspace: readWorkspaceOptions(parsed),
  };
}

/** With less, Lua does not start. */
const LEAST_LUA_MEMORY = 16 * 2 ** 20;

function atLeast(least: number, bytes: number | undefined): number | undefined {
  if (bytes !== undefined && bytes < least)
    throw usage("--lua-memory is less than the 16MiB that Lua needs.");
  return bytes;
}

/** Without a value it is the last run. */
function readRerun(typed: unknown, select: Selection): string | undefined {
  const run = typed === "" ? "last" : once("rerun-failed", typed);
  if (run !== undefined && Object.values(select).some((chosen) => chosen !== undefined && chosen.length > 0))
    throw usage("--rerun-failed chooses the tasks itself: leave out --group, --tasks and --only.");
  return run;
}

/** Without a name in it, it would choose all tasks or none, which nobody says like that. @throws {MasterError} USAGE */
function named(option: string, given: unknown): string[] | undefined {
  const all = repeated(given);
  if (all?.some((names) => names.replaceAll(/[\s,]/g, "") === ""))
    throw usage(`--${option} names no task. Leave it out to run all of them.`);
  return all;
}
