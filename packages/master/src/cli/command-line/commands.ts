import { MasterError } from "../../master-error.js";
import { agentsOptions, toAgents } from "../agents/agents-options.js";
import { changesOptions, toChanges } from "../changes/changes-options.js";
import { completionOptions, toCompletion } from "../completion/completion-options.js";
import { doctorOptions, toDoctor } from "../doctor/doctor-options.js";
import { execOptions, toExec } from "../exec/exec-options.js";
import { graphOptions, toGraph } from "../graph/graph-options.js";
import { initOptions, toInit } from "../init/init-options.js";
import { toTypes, typesOptions } from "../init/types-options.js";
import { resumeOptions, toResume } from "../run/resume-options.js";
import { runOptions, toRun } from "../run/run-options.js";
import {
  logsOptions,
  reportOptions,
  runsOptions,
  toLogs,
  toReport,
  toRuns,
} from "../stored-runs/stored-run-options.js";
import { syncOptions, toSync } from "../sync/sync-options.js";
import { toValidate, validateOptions } from "../validate/validate-options.js";
import { fileOption, toFile } from "../workflow/file-option.js";
import { type AnyCommand, type Command, command } from "./command.js";

type Complete = NonNullable<Command<unknown>["complete"]>;
const findWorkflow: Complete = async (...given) =>
  (await import("../place/complete-workflow.js")).completeWorkflow(...given);
const findWorkflowIfAny: Complete = (...given) =>
  findWorkflow(...given).catch((error: unknown) => {
    if (given[0].file === undefined && error instanceof MasterError && error.code === "NOT_FOUND")
      return findInventory(...given);
    throw error;
  });
const findInventory: Complete = async (typed) =>
  (await import("../place/complete-inventory.js")).completeInventory(typed);
const findRuns: Complete = async (typed) => (await import("../place/complete-place.js")).completePlace(typed);

/** All that sloth can be told to do, in the order of its help. */
export const COMMANDS: ReadonlyMap<string, AnyCommand> = new Map(
  Object.entries({
    run: command({
      positionals: "[tasks..]",
      describe: "Run a workflow",
      options: runOptions,
      complete: findWorkflow,
      read: toRun,
      perform: async (args) => (await import("../run/run-command.js")).runCommand(args),
    }),
    resume: command({
      positionals: "[run]",
      describe: "Take up a run whose process was killed",
      options: resumeOptions,
      complete: findRuns,
      read: toResume,
      perform: async (args, parse) => (await import("../run/resume-command.js")).resumeCommand(args, parse),
    }),
    list: command({
      describe: "List the groups and tasks of a workflow",
      options: fileOption,
      complete: findWorkflow,
      read: toFile,
      perform: async (args) => (await import("../workflow/list-command.js")).listCommand(args),
    }),
    graph: command({
      describe: "Print what waits for what in a workflow",
      options: graphOptions,
      complete: findWorkflow,
      read: toGraph,
      perform: async (args) => (await import("../graph/graph-command.js")).graphCommand(args),
    }),
    validate: command({
      describe: "Check a workflow without running anything",
      options: validateOptions,
      complete: findWorkflow,
      read: toValidate,
      perform: async (args) => (await import("../validate/validate-command.js")).validateCommand(args),
    }),
    changes: command({
      positionals: "[run] [task]",
      describe: "Look at, apply or discard changes that were kept",
      options: changesOptions,
      complete: findRuns,
      read: toChanges,
      perform: async (args) => (await import("../changes/changes-command.js")).changesCommand(args),
    }),
    runs: command({
      describe: "List the runs that were recorded",
      options: runsOptions,
      complete: findRuns,
      read: toRuns,
      perform: async (args) => (await import("../stored-runs/runs-command.js")).runsCommand(args),
    }),
    logs: command({
      positionals: "[run] [task]",
      describe: "Show what a task printed, in the last run or another",
      options: logsOptions,
      complete: findRuns,
      read: toLogs,
      perform: async (args) => (await import("../stored-runs/logs-command.js")).logsCommand(args),
    }),
    report: command({
      positionals: "[run]",
      describe: "Tell what happened in the last run or another",
      options: reportOptions,
      complete: findRuns,
      read: toReport,
      perform: async (args) => (await import("../stored-runs/report-command.js")).reportCommand(args),
    }),
    sync: command({
      describe: "Show what a run would send to its agents",
      options: syncOptions,
      complete: findWorkflow,
      read: toSync,
      perform: async (args) => (await import("../sync/sync-command.js")).syncWithAgents(args),
    }),
    doctor: command({
      describe: "Look for what would keep a run from succeeding",
      options: doctorOptions,
      complete: findWorkflowIfAny,
      read: toDoctor,
      perform: async (args) => (await import("../doctor/doctor-command.js")).doctorCommand(args),
    }),
    agents: command({
      positionals: "[action] [address] [line]",
      describe: "List agents and what they do, and say which are trusted",
      options: agentsOptions,
      complete: findInventory,
      read: toAgents,
      perform: async (args) =>
        args.action === "list"
          ? (await import("../agents/list-agents.js")).listAgents(args)
          : (await import("../agents/agents-command.js")).agentsCommand(args),
    }),
    exec: command({
      positionals: "[selector]",
      describe: "Run a command on many agents at the same time",
      takesCommand: true,
      options: execOptions,
      complete: findInventory,
      read: toExec,
      perform: async (args) => (await import("../exec/exec-command.js")).execCommand(args),
    }),
    init: command({
      positionals: "[dir]",
      describe: "Write a first workflow",
      options: initOptions,
      read: toInit,
      perform: async (args) => (await import("../init/init-command.js")).initCommand(args),
    }),
    types: command({
      describe: "Write definitions for editors that complete and check Lua",
      options: typesOptions,
      complete: findRuns,
      read: toTypes,
      perform: async (args) => (await import("../init/types-command.js")).typesCommand(args),
    }),
    completion: command({
      positionals: "[shell]",
      describe: "Print what a shell loads to complete commands of sloth",
      options: completionOptions,
      read: toCompletion,
      perform: async (args) => (await import("../completion/completion-command.js")).completionCommand(args),
    }),
  }),
);
