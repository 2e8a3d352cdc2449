import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalTaskRunner } from "@sloth/runtime";
import { describeTaskRunnerContract } from "./task-runner-contract.js";

describeTaskRunnerContract("the local task runner", async () => {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), "sloth-contract-")));
  const runner = createLocalTaskRunner();
  return {
    runner,
    workspace,
    close: async () => {
      await runner.close();
      await rm(workspace, { recursive: true });
    },
  };
});
