import { createLocalTaskRunner, type TaskRunner } from "@sloth/runtime";
import type { PlannedTask, RunPlan } from "../plan/plan-run.js";

/** The runners of one run. */
export interface TaskRunners {
  runnerFor(task: PlannedTask): TaskRunner;
  close(): Promise<void>;
}

/** Brings the network's layers in only for a plan that delegates something: they take time to load. */
export async function openTaskRunners(plan: RunPlan): Promise<TaskRunners> {
  const local = createLocalTaskRunner();
  const isRemote = plan.groups.some(({ tasks }) => tasks.some(({ target }) => target));
  const remote = isRemote ? await openRemoteRunners(plan) : undefined;
  return {
    runnerFor: (task) => (task.target && remote ? remote.runnerFor(task, task.target) : local),
    async close() {
      remote?.close();
      await local.close();
    },
  };
}

async function openRemoteRunners(plan: RunPlan) {
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
    import("../dispatch/agent-pool.js"),
    import("../dispatch/remote-task-runner.js"),
    import("../dispatch/landed-changes.js"),
    import("../dispatch/workspace-terms.js"),
    import("../run-store/run-store.js"),
  ]);
  quietGrpc();
  const pool = new AgentPool();
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
