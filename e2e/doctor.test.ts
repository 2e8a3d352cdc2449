import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { freePort } from "./support/free-port.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory, writeWorkflow } from "./support/workflow-file.js";

const delegated = (address: string) =>
  `TaskDefinitions = { g = { tasks = { { name = "t", command = "true", delegate_to = "${address}" } } } }`;

/** What a check found, of all that was printed as JSON. */
async function doctor(args: string[]) {
  const { code, stdout, stderr } = await sloth(["doctor", "--json", ...args]);
  const report: { healthy: boolean; checks: Finding[] } = JSON.parse(stdout);
  const of = (name: string) => report.checks.find((check) => check.name === name);
  return { code, stderr, of, healthy: report.healthy };
}

interface Finding {
  name: string;
  outcome: string;
  message: string;
  mend?: string;
}

describe("sloth doctor", () => {
  it("finds the agents of a workflow and of an inventory, and what would be sent", async () => {
    const [one, other] = [await startAgent(), await startAgent()];
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "data"), "x".repeat(2000));
    const file = writeWorkflow(directory, delegated("one"));
    const agents = writeInventory(temporaryDirectory(), { one: one.address, other: other.address });

    const { code, healthy, of } = await doctor(["-f", file, "--agents", agents, "--port", String(one.port)]);

    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
    expect(of("workflow")?.message).toBe(`${file} is valid: 1 group, 1 task`);
    expect(of(`workspace ${directory}`)?.message).toMatch(/^2\.\d kB in 2 files$/);
    for (const name of ["agent one", "agent other"])
      expect(of(name)).toMatchObject({
        outcome: "ok",
        message: expect.stringContaining("protocol 1, linux"),
      });
    expect(of("certificate of one")).toMatchObject({ outcome: "ok", message: "valid until 9999-12-31" });
    expect(of("clock of other")).toMatchObject({ outcome: "ok" });
    expect(of("agent's port")?.message).toBe(`an agent listens on ${one.port}`);
  });

  it("says how to start an agent that does not answer, and ends with 1", async () => {
    const port = await freePort();
    const file = writeWorkflow(temporaryDirectory(), delegated(`localhost:${port}`));
    // An agent of this machine may have the one that it looks at by default.
    const { code, stdout } = await sloth(["doctor", "-f", file, "--port", String(await freePort())]);
    expect(code).toBe(1);
    const message = `No agent answers at localhost:${port}: connection refused`;
    expect(stdout).toContain(`✗ agent localhost:${port}: ${message}\n    npx @sloth/agent --port ${port}\n`);
    // Another program may have the default port of an agent just now, which is a warning.
    expect(stdout).toMatch(/^1 of \d+ checks failed(, 1 with a warning)?$/m);
  });

  it("tells of a mistake in the workflow, and makes the other checks", async () => {
    const file = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { tasks = { { nam = "t" } } } }`,
    );
    const { code, of } = await doctor(["-f", file]);
    expect(code).toBe(1);
    expect(of("workflow")).toMatchObject({ outcome: "failed", mend: `sloth validate -f ${file}` });
    expect(of("Node")).toMatchObject({ outcome: "ok" });
  });

  it.each([
    [["-f", "nowhere.lua"], /there is no such file/],
    [["--agents", "nowhere.yaml"], /nowhere\.yaml/],
    [["--port", "0"], /--port 0 is not a port/],
    [["--set", "a=1"], /name the workflow with -f FILE/],
  ])("refuses %j in one line", async (args, message) => {
    const { code, stdout, stderr } = await sloth(["doctor", ...args], { cwd: temporaryDirectory() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
