import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { repository, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** An agent whose output is read until it listens, and then never again. */
async function agentWithoutReader() {
  const binary = `${repository}packages/agent/bin/sloth-agent.cjs`;
  const child = spawn(process.execPath, [binary, "--port", "0", "--state-dir", temporaryDirectory()], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += chunk;
    const [, port] = /listening on 127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
    if (port) return { child, port };
  }
  throw new Error(`The agent did not listen: ${printed}`);
}

async function runs(port: string): Promise<number> {
  const file = writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { delegate_to = "127.0.0.1:${port}", tasks = { t = { command = "true" } } } }`,
  );
  return (await sloth(["run", "-f", file])).code;
}

describe("an agent whose output nobody reads any more", () => {
  it.each(["SIGTERM", "SIGHUP"] as const)("runs tasks, and ends properly at %s", async (signal) => {
    const { child, port } = await agentWithoutReader();
    expect(await runs(port)).toBe(0);
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
