import { type AgentSelection, isSettled, labelOf } from "../inventory/selection.js";
import type { PlannedGroup, PlannedTask, RunPlan } from "./plan-run.js";
import type { TransferForecast } from "./transfers.js";
import { wavesOf } from "./waves.js";

/** What `run --dry-run --output json` prints: one JSON document. Members may be added; what is not known is absent. */
export interface PlanDocument {
  /** Of this format. */
  v: 1;
  /** The workflow, absolute. */
  file: string;
  /** In the order in which they run, one after the other. */
  groups: GroupDocument[];
  transfers: TransferDocument[];
  /** Tasks that an earlier run has settled; `from` where they succeeded there. */
  earlier: { group: string; task: string; from?: string }[];
  /** Tasks that are in the workflow and were not chosen. */
  notChosen: { group: string; task: string }[];
}

export interface GroupDocument {
  name: string;
  description?: string;
  /** Absolute; absent where a fresh one is made. */
  workdir?: string;
  maxParallel?: number;
  timeoutMs?: number;
  tasks: TaskDocument[];
}

export interface TaskDocument {
  name: string;
  description?: string;
  /** Tasks of one number start together, as far as there is room; from 1. Absent: a handler of failures. */
  wave?: number;
  /** An agent, or what was asked for where there is a choice. Absent: the machine of the master. */
  agent?: string;
  /** Where there is a choice: those of which one is to run it, as far as that is known without asking them. */
  candidates?: string[];
  /** How many tasks of the run may be there at once. */
  maxThere?: number;
  dependsOn: string[];
  nextIfFail?: string[];
  /** Of a shell command; absent for a Lua function. */
  script?: string;
  /** Those that it has; they are not evaluated. */
  conditions: ("run_if" | "abort_if")[];
  retries: number;
  timeoutMs?: number;
  at: { file: string; line: number };
}

export interface TransferDocument {
  workspace: string;
  agent: string;
  groups: string[];
  files: number;
  sizeBytes: number;
  /** What the agent lacks; all of it where it was not asked. */
  newContents: number;
  newBytes: number;
  isGuess: boolean;
  /** Why the agent could not be asked. */
  problem?: string;
}

/** The plan as data, tasks in the order in which they start. */
export function describePlan(plan: RunPlan, transfers: readonly TransferForecast[]): PlanDocument {
  const infos = plan.groups.flatMap(({ tasks, earlier }) => [...tasks, ...earlier].map(({ info }) => info));
  const chosen = new Set(infos.map(({ group, name }) => `${group}\0${name}`));
  const all = plan.workflow.groups.flatMap((group) =>
    group.tasks.map((task) => ({ group: group.name, task: task.name })),
  );
  return {
    v: 1,
    file: plan.info.file,
    groups: plan.groups.filter(({ tasks }) => tasks.length > 0).map(describeGroup),
    transfers: transfers.map(describeTransfer),
    earlier: plan.groups.flatMap(({ name: group, earlier }) =>
      earlier.map((task) => ({ group, task: task.info.name, ...("from" in task && { from: task.from }) })),
    ),
    notChosen: all.filter(({ group, task }) => !chosen.has(`${group}\0${task}`)),
  };
}

function describeGroup(group: PlannedGroup): GroupDocument {
  const { name, description, createWorkdir, workspace, maxParallel, timeoutMs } = group;
  const waves = wavesOf(group);
  const waveOf = new Map(waves.flatMap((names, index) => names.map((name) => [name, index])));
  // Handlers of failures are in no wave, and come last.
  const inOrder: TaskDocument[][] = Array.from({ length: waves.length + 1 }, () => []);
  for (const planned of group.tasks) {
    const wave = waveOf.get(planned.task.name);
    inOrder[wave ?? waves.length]?.push(describeTask(planned, wave === undefined ? wave : wave + 1));
  }
  return {
    name,
    description,
    ...(!createWorkdir && { workdir: workspace }),
    maxParallel,
    timeoutMs,
    tasks: inOrder.flat(),
  };
}

function describeTask({ task, selection }: PlannedTask, wave: number | undefined): TaskDocument {
  const { name, description, dependsOn, nextIfFail, command, retries, timeoutMs, at } = task;
  const conditions = [task.runIf && ("run_if" as const), task.abortIf && ("abort_if" as const)];
  return {
    name,
    description,
    wave,
    agent: selection && labelOf(selection),
    ...describeChoice(selection),
    dependsOn,
    ...(nextIfFail?.length && { nextIfFail }),
    ...(command.kind === "shell" && { script: command.script }),
    conditions: conditions.filter((condition) => condition !== undefined),
    retries,
    timeoutMs,
    at,
  };
}

function describeChoice(
  selection: AgentSelection | undefined,
): Pick<TaskDocument, "candidates" | "maxThere"> {
  if (!selection) return {};
  const { candidates, max } = selection;
  return {
    ...(!isSettled(selection) && { candidates: candidates.map(({ target }) => target.label) }),
    ...(max !== undefined && { maxThere: max }),
  };
}

function describeTransfer({ transfer, forecast, isGuess, problem }: TransferForecast): TransferDocument {
  const { workspace, selection, groups } = transfer;
  const { files, sizeBytes, newContents, newBytes } = forecast;
  const place = { workspace, agent: labelOf(selection), groups: [...groups] };
  return { ...place, files, sizeBytes, newContents, newBytes, isGuess, problem };
}
