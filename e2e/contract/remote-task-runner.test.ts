import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "@sloth/agent";
import { AgentPool, createRemoteTaskRunner, Workspaces } from "@sloth/master";
import { describeTaskRunnerContract } from "./task-runner-contract.js";

describeTaskRunnerContract("the remote task runner", async () => {
  const [workspace = "", stateDirectory = ""] = await Promise.all(
    ["workspace", "state"].map(async (name) =>
      realpath(await mkdtemp(join(tmpdir(), `sloth-contract-${name}-`))),
    ),
  );
  const agent = await startAgent({ port: 0, stateDirectory });
  const pool = new AgentPool();
  const target = { label: "agent", host: "localhost", port: agent.port };
  return {
    runner: createRemoteTaskRunner({ pool, workspaces: new Workspaces(), target }),
    workspace,
    close: async () => {
      await pool.close();
      await agent.stop();
      await rm(workspace, { recursive: true });
      await rm(stateDirectory, { recursive: true });
    },
  };
});
