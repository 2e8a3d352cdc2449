import { stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { Group, LoadedWorkflow, Task, Workflow, WorkspaceSettings } from "@sloth/dsl";
import { bundleDigest, encodeBundle, taskDefinitions } from "@sloth/dsl";
import type { WorkflowSource } from "@sloth/runtime";
import type { GroupInfo, RunInfo, TaskInfo } from "../events/run-event.js";
import type { Inventory } from "../inventory/inventory.js";
import { type AgentSelection, labelOf } from "../inventory/selection.js";
import { MasterError } from "../master-error.js";
import type { TaskRecord } from "../run-store/run-record.js";
import { type EarlierTask, earlierTasks } from "./earlier-tasks.js";
import type { Rerun } from "./rerun.js";
import { makeRunId } from "./run-id.js";
import { type Selection, selectTasks } from "./select-tasks.js";
import { findWorkflowFiles } from "./workflow-files.js";
import { resolveWorkspaceSettings } from "./workspace-settings.js";

/** What a run will do: the workflow with every place and directory resolved. */
export interface RunPlan {
  runId: string;
  /** What those are told who watch. */
  info: RunInfo;
  source: WorkflowSource;
  /** What it was made of. */
  workflow: Workflow;
  /** Variables for all tasks. */
  environment: Record<string, string>;
  /** The directory of the workflow file, absolute; the run store is in its `.sloth/`. */
  workflowDirectory: string;
  /** Absolute real paths of the files that were loaded; no task may change them unless `protect` releases them. */
  workflowFiles: string[];
  /** Between TERM and KILL, in milliseconds, when a process of a task is ended. */
  graceMs: number;
  groups: PlannedGroup[];
}

export interface PlannedGroup {
  name: string;
  description?: string;
  /** Its directory, absolute; replaced by a fresh one before it runs where `createWorkdir` says so. */
  workspace: string;
  createWorkdir: boolean;
  /** How many of its tasks run at once. Absent: as many as there is room for. */
  maxParallel?: number;
  /** Of all its tasks together. Absent: none. */
  timeoutMs?: number;
  functions: NonNullable<Group["functions"]>;
  /** Of its functions. */
  env: Record<string, string>;
  tasks: PlannedTask[];
  /** Those that the run which is run again has settled; empty for any other run. */
  earlier: EarlierTask[];
}

export interface PlannedTask {
  task: Task;
  /** What those are told who watch. */
  info: TaskInfo;
  group: string;
  /** The agents of which one is to run it. Absent: here. */
  selection?: AgentSelection;
  /** The directory tree that it works in, absolute. */
  workspace: string;
  /** Where it runs inside the workspace, relative. */
  workdir: string;
  /** Added to the environment: of the run, over it the group's, over it the task's. */
  env: Record<string, string>;
  /** What is known of it where it was under way in the run that this one takes up: it has begun already. */
  underway?: TaskRecord;
  /** Whether it runs again where its outcome stays unknown. Absent: no. */
  rerunsUnknown?: boolean;
  /** How the workspace is sent and its changes come back, with all defaults. */
  workspaceSettings: WorkspaceSettings;
}

export interface PlanOptions {
  /** Default: everything. */
  select?: Selection;
  /** What of an earlier run is run again; stands instead of a selection. */
  rerun?: Rerun | undefined;
  /** Variables for all tasks. */
  environment?: Record<string, string>;
  /** Wins over what the workflow says of its workspaces; patterns are added to it. */
  workspace?: Partial<WorkspaceSettings>;
  /** In milliseconds. Default {@link DEFAULT_GRACE_MS}. */
  graceMs?: number | undefined;
  inventory: Inventory;
}

export const DEFAULT_GRACE_MS = 10_000;

/**
 * Resolves a workflow into a plan. Touches nothing but the directories that it looks at.
 * @throws {MasterError} NOT_FOUND, UNKNOWN_AGENT
 */
export async function planRun(loaded: LoadedWorkflow, options: PlanOptions): Promise<RunPlan> {
  const { workflow, context } = loaded;
  const bundle = encodeBundle(loaded.bundle);
  const groups = options.rerun?.groups ?? selectTasks(workflow.groups, options.select ?? {});
  const definitionOf = taskDefinitions(loaded);
  const planning = { ...options, directory: loaded.directory, definitionOf };
  const planned = await Promise.all(groups.map((group) => planGroup(group, planning)));
  const runId = makeRunId();
  return {
    runId,
    info: { runId, file: join(loaded.directory, workflow.file), groups: planned.map(groupInfo) },
    source: {
      bundle,
      bundleDigest: bundleDigest(bundle),
      file: workflow.file,
      context,
      modelHash: workflow.modelHash,
    },
    workflow,
    environment: options.environment ?? {},
    workflowDirectory: loaded.directory,
    workflowFiles: await findWorkflowFiles(loaded),
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
    groups: planned,
  };
}

function groupInfo({ name, description, tasks, earlier }: PlannedGroup): GroupInfo {
  const infos = [...earlier, ...tasks].map(({ info }) => info);
  return { name, ...(description !== undefined && { description }), tasks: infos };
}

interface PlanContext extends PlanOptions {
  /** Of the workflow. */
  directory: string;
  definitionOf: ReturnType<typeof taskDefinitions>;
}

async function planGroup(group: Group, options: PlanContext): Promise<PlannedGroup> {
  const root = resolve(options.directory, group.workdir ?? ".");
  const { name, description, createWorkdir = false, maxParallel, timeoutMs, functions = {} } = group;
  if (!createWorkdir) await requireDirectory(root, `The working directory of group "${name}"`);
  const { rerun, definitionOf } = options;
  const env = { ...options.environment, ...group.env };
  const workspaceSettings = resolveWorkspaceSettings(group.workspace, options.workspace);
  const shared = { group, root, env, workspaceSettings };
  const tasks = group.tasks
    .filter((task) => rerun?.again.has(task) ?? true)
    .map((task) => planTask(task, shared, options));
  for (const planned of tasks) {
    // Inside the group's directory an earlier task may make it; a directory elsewhere must be there.
    if (planned.workspace !== root) {
      await requireDirectory(planned.workspace, `The working directory of task "${planned.task.name}"`);
    }
  }
  return {
    name,
    ...(description !== undefined && { description }),
    workspace: root,
    createWorkdir,
    ...(maxParallel !== undefined && { maxParallel }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    functions,
    env,
    tasks,
    earlier: rerun
      ? earlierTasks(group, rerun, (task) => ({
          ...taskInfo(task, group.name, undefined),
          definition: definitionOf(group.name, task.name),
        }))
      : [],
  };
}

/** What is the same for all tasks of a group, and there once: of many tasks it is much. */
interface SharedByTasks {
  group: Group;
  root: string;
  env: Record<string, string>;
  workspaceSettings: WorkspaceSettings;
}

function planTask(task: Task, shared: SharedByTasks, options: PlanContext): PlannedTask {
  const { group, root, workspaceSettings } = shared;
  const delegation = task.delegateTo ?? group.delegateTo;
  const selection = delegation ? options.inventory.select(delegation) : undefined;
  const env = task.env ? { ...shared.env, ...task.env } : shared.env;
  const definition = options.definitionOf(group.name, task.name);
  const info = { ...taskInfo(task, group.name, selection), ...(definition !== undefined && { definition }) };
  const place = placeOf(root, task.workdir);
  const underway = group.createWorkdir ? undefined : options.rerun?.underway.get(task);
  return {
    task,
    info,
    group: group.name,
    ...(selection && { selection }),
    ...(underway && { underway, rerunsUnknown: options.rerun?.rerunsUnknown ?? false }),
    ...place,
    env,
    workspaceSettings,
  };
}

export function taskInfo(task: Task, group: string, selection: AgentSelection | undefined): TaskInfo {
  const { name, description, command, dependsOn, nextIfFail, retries, at } = task;
  return {
    group,
    name,
    ...(description !== undefined && { description }),
    ...(selection && { agent: labelOf(selection) }),
    dependsOn,
    ...(retries > 0 && { retries }),
    ...(nextIfFail?.length && { nextIfFail }),
    ...(command.kind === "shell" && { script: command.script }),
    at,
  };
}

/** A directory inside the group's is a place in its workspace; one outside is a workspace of its own. */
export function placeOf(root: string, workdir = "."): { workspace: string; workdir: string } {
  if (workdir === ".") return { workspace: root, workdir: "" };
  const directory = resolve(root, workdir);
  const inside = relative(root, directory);
  if (inside === ".." || inside.startsWith(`..${sep}`)) return { workspace: directory, workdir: "" };
  return { workspace: root, workdir: inside };
}

async function requireDirectory(path: string, what: string): Promise<void> {
  const found = await stat(path).catch((cause) => {
    throw new MasterError("NOT_FOUND", `${what} cannot be used: ${reasonOf(cause)}: ${path}`, { cause });
  });
  if (!found.isDirectory()) throw new MasterError("NOT_FOUND", `${what} is not a directory: ${path}`);
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === "ENOENT" ? "it does not exist" : error.message;
}
