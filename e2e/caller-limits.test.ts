import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { hasOpenssl, makeAuthority } from "./support/authority.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const MIB = 2 ** 20;

describe.skipIf(!hasOpenssl)(
  `callers with certificates of their own${hasOpenssl ? "" : " (no openssl)"}`,
  () => {
    it("have no more slots than each may have, so that another gets one, and trees apart from each other", async () => {
      const authority = makeAuthority();
      const { certificate, key } = authority.issue("agent");
      const agent = await startAgent([
        ...["--tls-cert", certificate, "--tls-key", key, "--tls-client-ca", authority.ca],
        ...["--slots", "2", "--caller-slots", "1"],
      ]);
      const flag = join(temporaryDirectory(), "flag");
      const run = (who: string, command: string, tasks: number) => {
        const files = authority.issue(who);
        const list = Array.from({ length: tasks }, (_, n) => `t${n} = { command = "${command}" }`);
        const file = writeWorkflow(
          temporaryDirectory(),
          `TaskDefinitions = { g = { delegate_to = "${agent.address}", tasks = { ${list} } } }`,
        );
        return sloth([
          ...["run", "-f", file, "-j", "4", "--output", "json"],
          ...["--tls-ca", authority.ca, "--tls-cert", files.certificate, "--tls-key", files.key],
        ]);
      };
      // Two that wait would have both slots, and the third, which they wait for, none.
      const greedy = run("greedy", `until [ -e ${flag} ]; do sleep 0.05; done`, 2);
      await greedyHasSlot(agent.stateDirectory);
      expect((await run("modest", `touch ${flag}`, 1)).code).toBe(0);
      expect((await greedy).code).toBe(0);
      expect(readdirSync(join(agent.stateDirectory, "callers"))).toHaveLength(2);
      expect(readdirSync(join(agent.stateDirectory, "workspaces/trees"))).toEqual([]);
    });
  },
);

/** A caller has a directory from the time when it has a slot. */
async function greedyHasSlot(stateDirectory: string): Promise<void> {
  await expect.poll(() => existsSync(join(stateDirectory, "callers")), { timeout: 20_000 }).toBe(true);
}

describe("an agent with --max-workspace", () => {
  const workflow = (address: string, command: string) =>
    `TaskDefinitions = { g = { delegate_to = "${address}", tasks = { t = { command = "${command}" } } } }`;

  it("refuses a task that brings more, before any of it is sent, and takes it once it is small enough", async () => {
    const agent = await startAgent(["--max-workspace", "1MiB"]);
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "data"), Buffer.alloc(3 * MIB, 1));
    const file = writeWorkflow(directory, workflow(agent.address, "ls"));
    const refused = await sloth(["run", "-f", file]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "The workspace amounts to 4MiB; this agent takes at most 1MiB for a task (its --max-workspace). " +
        "Leave out with .slothignore what the task does not need.",
    );
    writeFileSync(join(directory, ".slothignore"), "data\n");
    expect((await sloth(["run", "-f", file])).code).toBe(0);
  });

  it("takes back no more than that, and leaves the working directory as it was", async () => {
    const agent = await startAgent(["--max-workspace", "1MiB"]);
    const directory = temporaryDirectory();
    const file = writeWorkflow(directory, workflow(agent.address, "head -c 2000000 /dev/zero > made"));
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "It succeeded, but what it left cannot be taken back: What it changed amounts to 2MiB",
    );
    expect(existsSync(join(directory, "made"))).toBe(false);
    expect(readFileSync(file, "utf8")).toContain("head");
  });

  it.each([
    [["--max-workspace", "much"], /--max-workspace "much" is not a size/],
    [["--caller-slots", "0"], /--caller-slots 0 is not a number from 1 to 4096/],
    [["--caller-cache", "5X"], /--caller-cache "5X" has an unknown unit/],
  ])("is not started with %j", async (args, message) => {
    await expect(startAgent(args)).rejects.toThrow(message);
  });
});
