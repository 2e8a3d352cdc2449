import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory } from "./support/workflow-file.js";

it("what sloth init writes is valid, and runs here and on an agent", async () => {
  const cwd = temporaryDirectory();
  const made = await sloth(["init"], { cwd });
  expect(made).toMatchObject({ code: 0, stderr: "" });

  const file = ["-f", "pipeline.lua"];
  expect(await sloth(["validate", ...file], { cwd })).toMatchObject({ code: 0, stderr: "" });
  const here = await sloth(["run", ...file], { cwd });
  expect(here, here.stderr).toMatchObject({ code: 0, stderr: "" });
  expect(here.stdout).toMatch(/\[report\] INFO built \d+ bytes/);
  expect(existsSync(join(cwd, "build/made.txt"))).toBe(true);

  const agent = await startAgent();
  const agents = writeInventory(temporaryDirectory(), { "localhost:50051": agent.address });
  const workflow = join(cwd, "pipeline.lua");
  writeFileSync(workflow, readFileSync(workflow, "utf8").replace('-- delegate_to = "', 'delegate_to = "'));
  const there = await sloth(["run", ...file, "--agents", agents], { cwd });
  expect(there, there.stderr).toMatchObject({ code: 0, stderr: "" });
  expect(there.stdout).toContain("build@localhost:50051");
});
