import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { leftoversIn, startAgent } from "../support/agent.js";
import { sleepsOf, startSloth } from "../support/processes.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { NOTICED_MS, TIMED } from "../support/timed.js";
import { writeWorkflow } from "../support/workflow-file.js";
import { counting, logIn, numbersUpTo } from "./counting.js";
import { startAgentProxy } from "./proxied-agent.js";

interface TaskFields {
  /** Of the agent. */
  address: string;
  command: string;
  /** Of `on_agent_lost`. */
  onLost?: "fail" | "wait" | "retry";
}

function workflow(directory: string, { address, command, onLost = "fail" }: TaskFields): string {
  return writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { {
       name = "t", delegate_to = ${address}, on_agent_lost = "${onLost}", command = [[${command}]],
     } } } }`,
  );
}

const quoted = (address: string) => `"${address}"`;

describe("a connection that breaks while a task runs", () => {
  it("again and again loses nothing, runs nothing twice, and brings the result home", async () => {
    const agent = await startAgent();
    const proxy = await startAgentProxy(agent);
    const directory = temporaryDirectory();
    const address = quoted(proxy.address);
    const running = startSloth([
      "run",
      "-f",
      workflow(directory, { address, command: `echo begun >> begun; ${counting(100, 0.05)}` }),
    ]);
    for (const number of [5, 25, 50, 75]) {
      await running.until(new RegExp(`\\] ${number}\\n`));
      proxy.cut();
    }
    const { code, stdout, stderr } = await running.ended;

    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/the connection to .* broke \(.*\); it is tried again for up to 2\.0 s/);
    expect(logIn(directory)).toBe(numbersUpTo(100));
    expect(readFileSync(join(directory, "begun"), "utf8")).toBe("begun\n");
    expect(readFileSync(join(directory, "made"), "utf8")).toBe("end\n");
    expect(leftoversIn(agent.stateDirectory)).toEqual([]);
  });

  it("in the middle of much output goes on at the very byte", async () => {
    const agent = await startAgent();
    const proxy = await startAgentProxy(agent);
    const directory = temporaryDirectory();
    const file = workflow(directory, {
      address: quoted(proxy.address),
      command: "seq 2000000; echo there >&2",
      onLost: "wait",
    });
    const running = startSloth(["run", "-f", file, "--output", "quiet"]);
    for (const bytes of [1, 4, 7]) await proxy.cutAt("toClient", bytes * 1_000_000);
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    // Between two streams there is no order.
    const [before = "", after = "", ...more] = logIn(directory).split("there\n");
    expect(before + after === numbersUpTo(2_000_000)).toBe(true);
    expect(more).toEqual([]);
  });

  it("while what changed comes back takes it over all the same, once", async () => {
    const agent = await startAgent();
    const proxy = await startAgentProxy(agent);
    const directory = temporaryDirectory();
    const file = workflow(directory, {
      address: quoted(proxy.address),
      command: "head -c 30000000 /dev/urandom > made; sha256sum made > sum",
      onLost: "wait",
    });
    const running = startSloth(["run", "-f", file]);
    await proxy.cutAt("toClient", 10_000_000);
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    expect(statSync(join(directory, "made")).size).toBe(30_000_000);
    execFileSync("sha256sum", ["--check", "--quiet", "sum"], { cwd: directory });
    expect(leftoversIn(agent.stateDirectory)).toEqual([]);
  });

  it(
    "for longer than a moment ends the run with 3, says that the outcome is unknown, and leaves the directory alone",
    TIMED,
    async () => {
      const agent = await startAgent();
      const proxy = await startAgentProxy(agent);
      const directory = temporaryDirectory();
      const seconds = 1_000_000 + Math.floor(Math.random() * 1_000_000);
      const file = workflow(directory, {
        address: quoted(proxy.address),
        command: `touch made; echo ready; sleep ${seconds}`,
      });
      const running = startSloth(["run", "-f", file, "--lease", "15s"]);
      await running.until(/ready/);
      const cutAtMs = performance.now();
      proxy.stall();
      const { code, stderr } = await running.ended;
      expect(performance.now() - cutAtMs).toBeLessThan(NOTICED_MS);
      expect(code).toBe(3);
      expect(stderr).toContain("Whether the task finished is unknown; the working directory is as it was");
      expect(existsSync(join(directory, "made"))).toBe(false);
      // The agent keeps it for a master that comes back, and no longer.
      await expect.poll(() => sleepsOf(seconds), { timeout: 30_000 }).toEqual([]);
      expect(leftoversIn(agent.stateDirectory)).toEqual([]);
    },
  );

  it("and an agent that was killed and started again is told apart from one that went on", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const file = workflow(directory, {
      address: quoted(agent.address),
      command: "echo ready; exec sleep 7654321",
      onLost: "wait",
    });
    const running = startSloth(["run", "-f", file]);
    await running.until(/ready/);
    agent.kill("SIGKILL");
    await agent.ended;
    await startAgent([], { port: agent.port, stateDirectory: agent.stateDirectory });
    const { code, stderr } = await running.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/has been started again meanwhile\. Whether the task finished before is unknown/);
    await expect.poll(() => sleepsOf(7654321), { timeout: 30_000 }).toEqual([]);
  });

  it("and an agent that was started again is begun at again with retry once what it ran is dead", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const [pid, overlap] = [join(directory, "pid"), join(directory, "overlap")];
    const file = workflow(temporaryDirectory(), {
      address: quoted(agent.address),
      // It does not heed the reaper of the agent before its grace period is over.
      command: `kill -0 "$(cat ${pid})" 2>/dev/null && touch ${overlap}
        trap '' TERM; echo on $$
        if [ ! -e ${pid} ]; then echo $$ > ${pid}; while :; do sleep 0.1; done; fi; touch made`,
      onLost: "retry",
    });
    const running = startSloth(["run", "-f", file, "--lease", "3s", "--grace", "4s"]);
    await running.until(/on \d+/);
    agent.kill("SIGKILL");
    await agent.ended;
    await startAgent([], { port: agent.port, stateDirectory: agent.stateDirectory });
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    expect(existsSync(overlap)).toBe(false);
  });

  it("and an agent that stood still for longer than the lease ends what it ran when it goes on", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const seconds = 2_000_000 + Math.floor(Math.random() * 1_000_000);
    const file = workflow(directory, {
      address: quoted(agent.address),
      command: `touch made; echo ready; exec sleep ${seconds}`,
    });
    const running = startSloth(["run", "-f", file, "--lease", "4s"]);
    await running.until(/ready/);
    agent.kill("SIGSTOP");
    const { code, stderr } = await running.ended;
    agent.kill("SIGCONT");
    expect(code).toBe(3);
    expect(stderr).toContain("Whether the task finished is unknown; the working directory is as it was");
    await expect.poll(() => sleepsOf(seconds), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => leftoversIn(agent.stateDirectory), { timeout: 10_000 }).toEqual([]);
    expect(existsSync(join(directory, "made"))).toBe(false);
  });

  it("ends soon on Ctrl-C, and says that what ran there is unknown", TIMED, async () => {
    const agent = await startAgent();
    const proxy = await startAgentProxy(agent);
    const directory = temporaryDirectory();
    const address = quoted(proxy.address);
    const file = workflow(directory, { address, command: "echo ready; exec sleep 3456789", onLost: "wait" });
    const running = startSloth(["run", "-f", file, "--lease", "15s"]);
    await running.until(/ready/);
    await proxy.close();
    await running.until(/is tried again/);
    const sinceMs = performance.now();
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    // It is looked for a moment more, to be told; its grace period of 10 s is not waited for.
    expect(performance.now() - sinceMs).toBeLessThan(8000);
    expect(stdout + stderr).toMatch(/It may run there until its lease ends; whether it finished is unknown/);
    await expect.poll(() => sleepsOf(3456789), { timeout: 30_000 }).toEqual([]);
  });
});
