import { createLocalTaskRunner, type Delegate, type TaskRunner } from "@sloth/runtime";
import type { Inventory } from "../../inventory/inventory.js";
import type { AgentSelection } from "../../inventory/selection.js";
import { planDelegated } from "../../plan/plan-delegated.js";
import type { PlannedTask, RunPlan } from "../../plan/plan-run.js";
import { makeAttempt } from "../../schedule/make-attempt.js";
import type { Tracing } from "../../tracing/open-tracing.js";
import type { TypedTrust } from "../../trust/find-trust.js";
import { openAgentPool } from "../agents/open-agent-pool.js";

/** The runners of one run. */
export interface TaskRunners {
  /** Of this machine. */
  here: TaskRunner;
  /** Of one task, for all its attempts. */
  runnerFor(task: PlannedTask): TaskRunner;
  close(): Promise<void>;
}

export interface TaskRunnersOptions {
  inventory: Inventory;
  luaMemoryLimitBytes?: number;
  trust: TypedTrust;
  /** How long an agent keeps an attempt whose master it does not hear, in milliseconds. Absent: as `lossTerms` says. */
  leaseMs?: number | undefined;
  tracing?: Pick<Tracing, "headersOf"> | undefined;
  /** Told of what a person should know of agents. */
  warn(message: string): void;
}

/**
 * Brings the network's layers in only for a plan, or a function, that delegates something: they take time to load.
 * @throws {MasterError} UNKNOWN_AGENT when all agents have answered, and none is what a task asks for
 */
export async function openTaskRunners(
  plan: RunPlan,
  { inventory, luaMemoryLimitBytes, trust, leaseMs, tracing, warn }: TaskRunnersOptions,
): Promise<TaskRunners> {
  let opening: ReturnType<typeof openRemoteRunners> | undefined;
  const openRemote = () => {
    opening ??= openRemoteRunners(plan, { trust, leaseMs, tracing, warn });
    return opening;
  };
  const delegate = delegateOf(plan, { inventory, openRemote });
  const local = createLocalTaskRunner({ delegate, luaMemoryLimitBytes });
  const close = async () => {
    (await opening?.catch(() => undefined))?.close();
    await local.close();
  };
  try {
    const isRemote = plan.groups.some(({ tasks }) => tasks.some(({ selection }) => selection));
    const remote = isRemote ? await openRemote() : undefined;
    await remote?.requireSuitable(inventory);
    const runnerFor = (task: PlannedTask) =>
      task.selection && remote ? remote.runnerFor(task, task.selection) : local;
    return { here: local, runnerFor, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs tasks that functions delegate while the plan runs. */
function delegateOf(
  plan: RunPlan,
  { inventory, openRemote }: { inventory: Inventory; openRemote: () => ReturnType<typeof openRemoteRunners> },
): Delegate {
  let number = 0;
  return async (request, parent) => {
    const planned = planDelegated(plan, { request, parent, inventory });
    const remote = await openRemote();
    const runner = remote.runnerFor(planned, planned.selection);
    return { runner, attempt: makeAttempt(planned, {}, { number: ++number, plan }) };
  };
}

type RemoteOptions = Pick<TaskRunnersOptions, "trust" | "leaseMs" | "tracing" | "warn">;

async function openRemoteRunners(plan: RunPlan, { trust, leaseMs, tracing, warn }: RemoteOptions) {
  // First, since the start of its thread takes as long as loading the rest does.
  const { warmScanThread } = await import("@sloth/workspace");
  warmScanThread();
  const [
    pool,
    { Workspaces },
    { createPlacedTaskRunner },
    { Placements },
    { requireSuitable },
    { LandedChanges },
    { lossTerms },
    { workspaceTerms },
    { openRunStore },
  ] = await Promise.all([
    openAgentPool(trust),
    import("../../dispatch/remote-task-runner.js"),
    import("../../dispatch/placed-task-runner.js"),
    import("../../placement/placements.js"),
    import("../../placement/require-suitable.js"),
    import("../../dispatch/landed-changes.js"),
    import("../../dispatch/loss-terms.js"),
    import("../../dispatch/workspace-terms.js"),
    import("../../run-store/run-store.js"),
  ]);
  const workspaces = new Workspaces();
  const placements = new Placements(pool, warn);
  const store = openRunStore(plan.workflowDirectory, plan.runId);
  const landed = new LandedChanges();
  const selections = plan.groups.flatMap(({ tasks }) => tasks.flatMap(({ selection }) => selection ?? []));
  return {
    requireSuitable: (inventory: Inventory) => requireSuitable(selections, { pool, inventory }),
    runnerFor: (planned: PlannedTask, selection: AgentSelection) =>
      createPlacedTaskRunner({
        pool,
        workspaces,
        placements,
        selection,
        loss: lossTerms(planned.task.onAgentLost, leaseMs),
        headersOf: tracing && ((attempt) => tracing.headersOf(attempt)),
        termsOf: ({ number }, { label: agent }) =>
          workspaceTerms({ planned, agent, plan, attempt: number, store, landed }),
      }),
    close: () => pool.close(),
  };
}
