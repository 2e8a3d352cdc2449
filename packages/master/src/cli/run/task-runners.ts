import { createLocalTaskRunner, type Delegate, type TaskRunner } from "@sloth/runtime";
import type { Inventory } from "../../inventory/inventory.js";
import { planDelegated } from "../../plan/plan-delegated.js";
import type { PlannedTask, RunPlan } from "../../plan/plan-run.js";
import { makeAttempt } from "../../schedule/make-attempt.js";
import type { TypedTrust } from "../../trust/find-trust.js";

/** The runners of one run. */
export interface TaskRunners {
  /** Of this machine. */
  here: TaskRunner;
  runnerFor(task: PlannedTask): TaskRunner;
  close(): Promise<void>;
}

export interface OpenRunnersOptions {
  inventory: Inventory;
  luaMemoryLimitBytes?: number;
  trust: TypedTrust;
}

/** Brings the network's layers in only for a plan, or a function, that delegates something: they take time to load. */
export async function openTaskRunners(
  plan: RunPlan,
  { inventory, luaMemoryLimitBytes, trust }: OpenRunnersOptions,
): Promise<TaskRunners> {
  let opening: ReturnType<typeof openRemoteRunners> | undefined;
  const openRemote = () => {
    opening ??= openRemoteRunners(plan, trust);
    return opening;
  };
  const delegate = delegateOf(plan, { inventory, openRemote });
  const local = createLocalTaskRunner({ delegate, luaMemoryLimitBytes });
  const isRemote = plan.groups.some(({ tasks }) => tasks.some(({ target }) => target));
  const remote = isRemote ? await openRemote() : undefined;
  return {
    here: local,
    runnerFor: (task) => (task.target && remote ? remote.runnerFor(task, task.target) : local),
    async close() {
      (await opening?.catch(() => undefined))?.close();
      await local.close();
    },
  };
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
    const runner = remote.runnerFor(planned, planned.target);
    return { runner, attempt: makeAttempt(planned, {}, { number: ++number, plan }) };
  };
}

async function openRemoteRunners(plan: RunPlan, trust: TypedTrust) {
  // First, since the start of its thread takes as long as loading the rest does.
  const { warmScanThread } = await import("@sloth/workspace");
  warmScanThread();
  const [
    { quietGrpc },
    { AgentPool },
    { createRemoteTaskRunner, Workspaces },
    { LandedChanges },
    { workspaceTerms },
    { openRunStore },
  ] = await Promise.all([
    import("@sloth/protocol"),
    import("../../dispatch/agent-pool.js"),
    import("../../dispatch/remote-task-runner.js"),
    import("../../dispatch/landed-changes.js"),
    import("../../dispatch/workspace-terms.js"),
    import("../../run-store/run-store.js"),
  ]);
  quietGrpc();
  const pool = new AgentPool(trust);
  const workspaces = new Workspaces();
  const store = openRunStore(plan.workflowDirectory, plan.runId);
  const landed = new LandedChanges();
  return {
    runnerFor: (planned: PlannedTask, target: NonNullable<PlannedTask["target"]>) =>
      createRemoteTaskRunner({
        pool,
        workspaces,
        target,
        termsOf: ({ number }) => workspaceTerms({ planned, plan, attempt: number, store, landed }),
      }),
    close: () => pool.close(),
  };
}
