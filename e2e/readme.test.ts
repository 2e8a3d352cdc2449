import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { repository, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory, writeWorkflow } from "./support/workflow-file.js";

const makefile = [
  "all:\n\tmkdir -p build; echo program > build/program",
  "test: all",
  '\t@echo "3 tests passed"',
  ".DEFAULT_GOAL := all",
  "",
].join("\n");

it.each(["README.md", "README.pt.md"])("the pipeline of %s runs as it is shown", async (name) => {
  const [, pipeline = ""] = readFileSync(join(repository, name), "utf8").match(/```lua\n(.*?)```/s) ?? [];
  const agent = await startAgent();
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "Makefile"), makefile);
  const file = writeWorkflow(directory, pipeline);
  const inventory = writeInventory(temporaryDirectory(), { "localhost:50051": agent.address });

  const { code, stdout, stderr } = await sloth(["run", "-f", file, "--agents", inventory]);

  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/✓ test@localhost:50051.*3/);
  expect(stdout).toMatch(/\[report\] INFO .* 3 /);
  expect(stdout).toContain("3 succeeded");
  expect(readFileSync(join(directory, "build", "program"), "utf8")).toBe("program\n");
});
