import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { leftoversIn, startAgent } from "./support/agent.js";
import { sleepsOf, startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

describe("stopping the master while a delegated task runs", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "by %s ends the remote process tree, also what ignores TERM and what left its session",
    async (signal, code) => {
      const agent = await startAgent();
      const seconds = 1_000_000 + Math.floor(Math.random() * 1_000_000);
      const directory = temporaryDirectory();
      const file = writeWorkflow(
        directory,
        `TaskDefinitions = { g = { tasks = { {
         name = "stubborn", delegate_to = "${agent.address}",
         command = "sleep ${seconds} & setsid sleep ${seconds} & trap '' TERM; sleep 0.3; echo ready; touch half-done; sleep ${seconds}",
       } } } }`,
      );
      const running = startSloth(["run", "-f", file, "--grace", "1s"]);
      await running.until(/ready/);
      await expect.poll(() => sleepsOf(seconds), { timeout: 30_000 }).toHaveLength(3);

      const stoppedAt = performance.now();
      running.kill(signal);
      const ended = await running.ended;

      expect(performance.now() - stoppedAt).toBeLessThan(30_000);
      expect(ended.code).toBe(code);
      expect(sleepsOf(seconds)).toEqual([]);
      expect(leftoversIn(agent.stateDirectory)).toEqual([]);
      expect(readdirSync(directory).sort()).toEqual([".sloth", "pipeline.lua"]);
    },
  );

  it("by SIGKILL ends the remote process tree when its lease ends", async () => {
    const agent = await startAgent();
    const seconds = 1_000_000 + Math.floor(Math.random() * 1_000_000);
    const file = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { tasks = { {
         name = "orphan", delegate_to = "${agent.address}", command = "echo ready; sleep ${seconds}",
       } } } }`,
    );
    const running = startSloth(["run", "-f", file, "--lease", "5s"]);
    await running.until(/ready/);

    running.kill("SIGKILL");
    await running.ended;

    await expect.poll(() => sleepsOf(seconds), { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => leftoversIn(agent.stateDirectory), { timeout: 30_000 }).toEqual([]);
  });
});
