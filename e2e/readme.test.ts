import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { masterBinary, repository, sloth } from "./support/processes.js";
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

it.each(["README.md", "README.pt.md"])(
  "the commands of %s that show runs work as they stand",
  async (name) => {
    const text = readFileSync(join(repository, name), "utf8");
    const [, pipeline = ""] = text.match(/```lua\n(.*?)```/s) ?? [];
    const [, , block = ""] =
      text.match(/## (What a run shows|O que uma execução mostra)\n```sh\n(.*?)```/s) ?? [];
    const agent = await startAgent();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "Makefile"), makefile);
    writeWorkflow(directory, pipeline);
    const inventory = writeInventory(temporaryDirectory(), { "localhost:50051": agent.address });
    const commands = block.trimEnd().split("\n");
    expect(commands).toHaveLength(7);
    for (const command of commands) {
      const line = command
        .replace("npx @sloth/master", `'${process.execPath}' '${masterBinary}'`)
        .replace("-f pipeline.lua", `-f pipeline.lua --agents '${inventory}'`);
      const { status, stderr } = spawnSync("bash", ["-c", line], { cwd: directory, encoding: "utf8" });
      expect([command, status, stderr]).toEqual([command, 0, expect.any(String)]);
    }
    const values = JSON.parse(readFileSync(join(directory, "values.json"), "utf8"));
    expect(values.outputs.release.test).toEqual({ passed: 3 });
  },
);

/** Without what differs from run to run, and from one way of starting the program to another. */
const comparable = (text: string) =>
  text
    .replaceAll(/\d+\.\d s/g, "T s")
    .replaceAll(/runs\/\w{26}/g, "runs/RUN")
    .replaceAll(/again: .* run /g, "again: sloth run ");

it.each(["README.md", "README.pt.md"])("the failure in %s looks as it is shown", async (name) => {
  const [, shown = ""] = readFileSync(join(repository, name), "utf8").match(/```\n(✗.*?)```/s) ?? [];
  const directory = temporaryDirectory();
  cpSync(join(repository, "examples/failing"), directory, { recursive: true });

  const { stdout, stderr } = await sloth(["run", "-k", "-f", "pipeline.lua"], { cwd: directory });

  const summary = stderr.slice(stderr.indexOf("\n\n") + 2);
  const last = stdout.trimEnd().split("\n").at(-1);
  // Which of the two fails first is not said.
  const parts = (text: string) => comparable(text).trim().split("\n\n").sort();
  expect(parts(`${summary}${last}`)).toEqual(parts(shown));
});
