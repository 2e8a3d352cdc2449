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
  const remote = isRemote ? await openRemoteRunners() : undefined;
  return {
    runnerFor: ({ target }) => (target && remote ? remote.runnerFor(target) : local),
    async close() {
      remote?.close();
      await local.close();
    },
  };
}

async function openRemoteRunners() {
  const [{ quietGrpc }, { AgentPool }, { createRemoteTaskRunner, Workspaces }] = await Promise.all([
    import("@sloth/protocol"),
    import("../dispatch/agent-pool.js"),
    import("../dispatch/remote-task-runner.js"),
  ]);
  quietGrpc();
  const pool = new AgentPool();
  const workspaces = new Workspaces();
  return {
    runnerFor: (target: NonNullable<PlannedTask["target"]>) =>
      createRemoteTaskRunner({ pool, workspaces, target }),
    close: () => pool.close(),
  };
}
