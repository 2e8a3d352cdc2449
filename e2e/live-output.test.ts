import { expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

it("shows what a delegated task prints line by line while it runs", async () => {
  const agent = await startAgent();
  const file = writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { tasks = { {
       name = "count", delegate_to = "${agent.address}",
       command = "for i in 1 2 3 4 5 6; do echo line-$i; sleep 0.2; done",
     } } } }`,
  );

  const running = startSloth(["run", "-f", file]);
  for (const number of [1, 2, 3, 4]) {
    await running.until(new RegExp(`line-${number}\\n`));
    expect(running.output).not.toContain(`line-${number + 2}`);
  }
  expect((await running.ended).code).toBe(0);
});
