import { readdirSync } from "node:fs";
import { join } from "node:path";
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

  it("by kill -9, and is there again at once, has nothing of it any more when it takes what is tried again", async () => {
    const [directory, elsewhere] = [temporaryDirectory(), temporaryDirectory()];
    const agent = await startAgent(["--slots", "1"]);
    const pidFile = join(elsewhere, "pid");
    const command = [
      // A zombie has no command line.
      `if [ -e ${pidFile} ]; then tr '\\0' ' ' < /proc/$(cat ${pidFile})/cmdline; ls; exit 0; fi`,
      `trap '' TERM; echo $$ > ${pidFile}; echo ready; while :; do echo >> beats; sleep 0.05; done`,
    ].join("; ");
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { {
         name = "t", delegate_to = "${agent.address}", on_agent_lost = "retry", command = [[${command}]],
       } } } }`,
    );
    const running = startSloth(["run", "-f", file, "--grace", "3s", "--lease", "12s", "--output", "plain"]);
    await running.until(/ready/);
    agent.kill("SIGKILL");
    await agent.ended;
    await startAgent(["--slots", "1"], { port: agent.port, stateDirectory: agent.stateDirectory });
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain("while");
    expect(stdout).not.toContain("beats");
    expect(readdirSync(directory).sort()).toEqual([".sloth", "pipeline.lua"]);
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
