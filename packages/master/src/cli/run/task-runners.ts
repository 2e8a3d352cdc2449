import { createLocalTaskRunner, type Delegate, type TaskRunner } from "@sloth/runtime";
import type { LeftAttempt } from "../../dispatch/joined-task-runner.js";
import type { RunEvent } from "../../events/run-event.js";
import type { Inventory } from "../../inventory/inventory.js";
import { planDelegated } from "../../plan/plan-delegated.js";
import type { PlannedTask, RunPlan } from "../../plan/plan-run.js";
import { openStartLog, type StartLog } from "../../run-store/start-log.js";
import { makeAttempt } from "../../schedule/make-attempt.js";
import { unknownOutcome } from "../../schedule/unknown-outcome.js";
import type { Resumed } from "./open-resumed.js";
import type { RemoteRunners, RemoteRunnersOptions } from "./remote-runners.js";

/** The runners of one run. */
export interface TaskRunners {
  /** Of this machine. */
  here: TaskRunner;
  /** Of one task, for all its attempts. */
  runnerFor(task: PlannedTask): TaskRunner;
  /**
   * Puts down what has begun in the run that this one takes up, and whose outcome nobody will know. Called when the
   * directory of this run is there, and before this one stands in the place of that one.
   */
  noteUnknown(): void;
  /** Takes the events of the run as they come. */
  listen(event: RunEvent): void;
  close(): Promise<void>;
}

export interface TaskRunnersOptions extends RemoteRunnersOptions {
  inventory: Inventory;
  luaMemoryLimitBytes?: number;
  /** Of the run that this one takes up. Default: it takes none up. */
  leftOf?: Resumed["leftOf"] | undefined;
}

/**
 * Brings the network's layers in only for a plan, or a function, that delegates something: they take time to load.
 * @throws {MasterError} UNKNOWN_AGENT when all agents have answered, and none is what a task asks for
 */
export async function openTaskRunners(
  plan: RunPlan,
  { inventory, luaMemoryLimitBytes, leftOf, ...remoteOptions }: TaskRunnersOptions,
): Promise<TaskRunners> {
  let opening: Promise<RemoteRunners> | undefined;
  const openRemote = () => {
    opening ??= import("./remote-runners.js").then((module) => module.openRemoteRunners(plan, remoteOptions));
    return opening;
  };
  const delegate = delegateOf(plan, { inventory, openRemote });
  const local = createLocalTaskRunner({ delegate, luaMemoryLimitBytes });
  const starts = openStartLog(plan.workflowDirectory, plan.runId);
  const noted = noting(starts, local);
  const close = async () => {
    starts.close();
    await (await opening?.catch(() => undefined))?.close();
    await local.close();
  };
  try {
    const isRemote = plan.groups.some(({ tasks }) => tasks.some(({ selection }) => selection));
    const remote = isRemote ? await openRemote() : undefined;
    await remote?.requireSuitable(inventory);
    const left = remote && leftOf ? await leftAttempts(plan, { leftOf, remote }) : undefined;
    const isUnknown = (task: PlannedTask) => task.underway !== undefined && !left?.has(task);
    const runnerFor = (task: PlannedTask) => {
      if (isUnknown(task)) return unknownOutcome(task.info);
      return task.selection && remote ? remote.runnerFor(task, task.selection, left?.get(task)) : noted;
    };
    const noteUnknown = () => {
      for (const { info, underway } of tasksOf(plan).filter(isUnknown))
        starts.note({ group: info.group, task: info.name, attempt: underway?.attempt ?? 1 });
    };
    const listen = (event: RunEvent) => {
      void opening?.then((remote) => remote.listen(event));
    };
    return { here: local, runnerFor, noteUnknown, listen, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs what `runner` runs, and has each attempt put down before. */
function noting(starts: StartLog, runner: TaskRunner): TaskRunner {
  return {
    run(attempt, options) {
      const { group, task, number } = attempt;
      starts.note({ group, task, attempt: number });
      return runner.run(attempt, options);
    },
  };
}

function tasksOf(plan: RunPlan): PlannedTask[] {
  return plan.groups.flatMap(({ tasks }) => tasks);
}

/** Of the tasks that were under way in the run that this one takes up; from then on this one has their tickets too. */
async function leftAttempts(
  plan: RunPlan,
  { leftOf, remote }: { leftOf: Resumed["leftOf"]; remote: RemoteRunners },
): Promise<Map<PlannedTask, LeftAttempt>> {
  const left = new Map<PlannedTask, LeftAttempt>();
  for (const task of tasksOf(plan)) {
    const found = task.underway && task.selection && (await leftOf(task));
    if (found) left.set(task, await remote.takeOver(found));
  }
  return left;
}

/** Runs tasks that functions delegate while the plan runs. */
function delegateOf(
  plan: RunPlan,
  { inventory, openRemote }: { inventory: Inventory; openRemote: () => Promise<RemoteRunners> },
): Delegate {
  let number = 0;
  return async (request, parent) => {
    const planned = planDelegated(plan, { request, parent, inventory });
    const remote = await openRemote();
    const runner = remote.runnerFor(planned, planned.selection);
    return { runner, attempt: makeAttempt(planned, {}, { number: ++number, plan }) };
  };
}
