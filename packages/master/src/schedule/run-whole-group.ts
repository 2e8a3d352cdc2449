import type { LuaTable, LuaValue } from "@sloth/dsl";
import type { TaskResult } from "@sloth/runtime";
import type { PlannedGroup } from "../plan/plan-run.js";
import { type GroupDirectory, openGroupDirectory } from "./group-directory.js";
import { callGroupFunction } from "./group-functions.js";
import { type GroupContext, type GroupResults, runGroup } from "./run-group.js";
import { timeLimit } from "./time-limit.js";

/** How a group ended. */
export interface GroupEnd {
  tasks: GroupResults;
  /** Of `on_start`, when that failed: no task has run then. */
  start?: TaskResult;
}

/**
 * Runs a group with what stands around its tasks:
 *
 * 1. A fresh directory, if the group wants one.
 * 2. `on_start`, on whose failure nothing runs.
 * 3. The tasks, under the group's time limit.
 * 4. `on_complete`, whatever came of them. An error in it changes nothing and is a warning.
 * 5. The fresh directory is removed after a success and kept after a failure, unless `clean_workdir_after_run`
 *    says otherwise.
 */
export async function runWholeGroup(planned: PlannedGroup, context: GroupContext): Promise<GroupEnd> {
  const { emit } = context;
  await emit({
    type: "group-started",
    name: planned.name,
    ...(planned.description && { description: planned.description }),
  });
  const directory = await openGroupDirectory(planned);
  const end = await startAndRun(directory, context);
  await complete(end, directory, context);
  await leave(end, directory, context);
  return end;
}

async function startAndRun({ group, path }: GroupDirectory, context: GroupContext): Promise<GroupEnd> {
  const limit = timeLimit("group", group.timeoutMs);
  try {
    const limited = { ...context, signal: AbortSignal.any([context.signal, limit.signal]) };
    const start = await callGroupFunction(group, { field: "on_start", args: [], directory: path }, limited);
    if (!start || start.status === "succeeded") return { tasks: await runGroup(group, limited) };
    for (const { info } of group.tasks)
      await context.emit({ type: "task-skipped", task: info, why: "halted" });
    return { tasks: new Map(), start };
  } finally {
    limit.end();
  }
}

async function complete(
  end: GroupEnd,
  { group, path }: GroupDirectory,
  context: GroupContext,
): Promise<void> {
  const results: LuaTable = Object.create(null);
  for (const [name, result] of end.tasks) results[name] = describe(result);
  const args = [hasSucceeded(end), results];
  const told = await callGroupFunction(
    group,
    { field: "on_complete", args, directory: path },
    unstopped(context),
  );
  if (told && told.status !== "succeeded")
    await warn(context, `group "${group.name}": on_complete: ${told.message}`);
}

async function leave(end: GroupEnd, directory: GroupDirectory, context: GroupContext): Promise<void> {
  const { group, path, isTemporary } = directory;
  const success = hasSucceeded(end);
  const args = [{ success, error: firstError(end) ?? null, output: outputsOf(end) }];
  const told = await callGroupFunction(
    group,
    { field: "clean_workdir_after_run", args, directory: path },
    unstopped(context),
  );
  if (told && told.status !== "succeeded")
    await warn(context, `group "${group.name}": clean_workdir_after_run: ${told.message}`);
  const isUnwanted = told ? told.outputs === true : success;
  if (isTemporary && isUnwanted) await directory.remove();
  else if (isTemporary) await warn(context, `group "${group.name}": its working directory is kept: ${path}`);
}

/** What ends the tasks does not keep a group from tidying up. */
function unstopped(context: GroupContext): GroupContext {
  return context.signal.aborted ? { ...context, signal: AbortSignal.timeout(TIDY_UP_MS) } : context;
}
const TIDY_UP_MS = 10_000;

function hasSucceeded({ tasks, start }: GroupEnd): boolean {
  return !start && [...tasks.values()].every(({ status }) => status === "succeeded");
}

function firstError({ tasks, start }: GroupEnd): string | undefined {
  const failed = start ?? [...tasks.values()].find(({ status }) => status !== "succeeded");
  return failed && (failed.message ?? failed.status);
}

function outputsOf({ tasks }: GroupEnd): LuaTable {
  const outputs: LuaTable = Object.create(null);
  for (const [name, result] of tasks) if (result.outputs !== undefined) outputs[name] = result.outputs;
  return outputs;
}

function describe({ status, message, outputs }: TaskResult): LuaValue {
  return { success: status === "succeeded", status, message: message ?? null, outputs: outputs ?? null };
}

function warn({ emit }: GroupContext, message: string): void | Promise<void> {
  return emit({ type: "warning", message });
}
