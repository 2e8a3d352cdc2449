import { describe, expect, it } from "vitest";
import { processesWith, uniqueSleep } from "./contract/living-processes.js";
import { startAgent } from "./support/agent.js";
import { projectWithMaster, startByNpx } from "./support/npx.js";
import { startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { TIMED } from "./support/timed.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** A task that would end only after the grace period, and one whose Lua thread hears nothing. */
function stuck(seconds: string): string {
  return writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { tasks = {
       { name = "deaf", command = "trap '' TERM; sleep ${seconds} & setsid sleep ${seconds} & echo deaf-up; wait; sleep ${seconds}" },
       { name = "loop", command = function() print("loop-up") while true do end end },
     } } }`,
  );
}

describe("the first Ctrl-C", () => {
  it.each(["here", "on an agent"])("lets a task %s tidy up and shows what it says", async (place) => {
    const agent = await startAgent();
    const delegateTo = place === "here" ? "false" : `"${agent.address}"`;
    const file = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = ${delegateTo}, command = [[
         trap 'for n in 1 2 3; do echo bye-$n; sleep 0.2; done; exit' TERM
         echo up; while :; do sleep 0.05; done
       ]] } } } }`,
    );
    const running = startSloth(["run", "-f", file]);
    await running.until(/\] up/);
    running.kill("SIGINT");
    const { code, stdout } = await running.ended;
    expect(stdout).toMatch(/bye-1\n.*bye-2\n.*bye-3\n/);
    expect(code).toBe(130);
  });

  it("gives a task as much time as --grace says, and no more", TIMED, async () => {
    const script = "trap '' TERM; echo up; while :; do sleep 0.05; done";
    const file = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { tasks = { { name = "t", command = "${script}" } } } }`,
    );
    const running = startSloth(["run", "-f", file, "--grace", "0"]);
    await running.until(/\] up/);
    const signalledAt = performance.now();
    running.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    // Not the ten seconds that it would have else.
    expect(performance.now() - signalledAt).toBeLessThan(9_000);
  });

  it("gives a task on an agent no more than the agent allows", async () => {
    const agent = await startAgent(["--max-grace", "0"]);
    const file = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = "${agent.address}",
         command = "trap '' TERM; echo up; while :; do sleep 0.05; done" } } } }`,
    );
    const running = startSloth(["run", "-f", file, "--grace", "1h"]);
    await running.until(/\] up/);
    running.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
  });
});

describe("the second Ctrl-C", () => {
  const start = {
    "": (args: string[]) => startSloth(args),
    " through npx": (args: string[]) => startByNpx(projectWithMaster(), args),
  };
  it.each(Object.entries(start))(
    "ends at once what ignores TERM and a Lua thread that is stuck%s",
    async (_, startRun) => {
      const seconds = uniqueSleep();
      const running = startRun(["run", "-f", stuck(seconds), "-j", "2", "--grace", "1h"]);
      await Promise.all([running.until(/deaf-up/), running.until(/loop-up/)]);
      running.kill("SIGINT");
      await running.until(/once more/);
      running.kill("SIGINT");
      expect((await running.ended).code).toBe(130);
      await expect.poll(() => processesWith(seconds), { timeout: 20_000 }).toEqual([]);
    },
  );
});
