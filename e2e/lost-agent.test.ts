import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { leftoversIn, startAgent } from "./support/agent.js";
import { sleepsOf, startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const seconds = 1_000_000 + Math.floor(Math.random() * 1_000_000);

function workflow(directory: string, address: string): string {
  return writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { {
       name = "long", delegate_to = "${address}", command = "touch made-there; echo ready; sleep ${seconds}",
     } } } }`,
  );
}

describe("an agent that goes away while a task runs", () => {
  it("by kill -9 ends the run with 3, says that the outcome is unknown, and leaves the directory alone", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const running = startSloth(["run", "-f", workflow(directory, agent.address)]);
    await running.until(/ready/);

    agent.kill("SIGKILL");
    const { code, stderr } = await running.ended;

    expect(code).toBe(3);
    expect(stderr).toContain(agent.address);
    expect(stderr).toContain("unknown");
    expect(readdirSync(directory).sort()).toEqual([".sloth", "pipeline.lua"]);
    await expect.poll(() => sleepsOf(seconds), { timeout: 60_000 }).toEqual([]);
  });

  it("by SIGTERM stops the task, says why, and leaves nothing behind", async () => {
    const agent = await startAgent(["--drain", "1s"]);
    const running = startSloth(["run", "-f", workflow(temporaryDirectory(), agent.address)]);
    await running.until(/ready/);

    agent.kill("SIGTERM");
    const [{ code, stderr }, stopped] = await Promise.all([running.ended, agent.ended]);

    expect(code).toBe(3);
    expect(stderr).toContain("the agent is stopping");
    expect(stopped.code).toBe(0);
    expect(leftoversIn(agent.stateDirectory)).toEqual([]);
  });
});
