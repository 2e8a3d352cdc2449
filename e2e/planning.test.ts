import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** A repository with a workflow and a directory below it. */
function project(text: string): { directory: string; below: string; read(name: string): string } {
  const directory = temporaryDirectory();
  const below = join(directory, "src", "deep");
  mkdirSync(join(directory, ".git"));
  mkdirSync(below, { recursive: true });
  writeWorkflow(directory, text);
  return { directory, below, read: (name) => readFileSync(join(directory, name), "utf8") };
}

const one = (command: string) =>
  `TaskDefinitions = { g = { tasks = { { name = "t", command = ${command} } } } }`;

describe("without -f", () => {
  it("every command takes the nearest workflow, and says so where it is above", async () => {
    const { directory, below } = project(one('"echo hi > made"'));
    expect(await sloth(["run"], { cwd: below })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^sloth: using \.\.\/\.\.\/pipeline\.lua\n/),
    });
    expect(existsSync(join(directory, "made"))).toBe(true);
    for (const args of [["list"], ["validate"], ["run", "--dry-run"], ["sync", "--dry-run"]]) {
      const { code, stderr } = await sloth(args, { cwd: below });
      expect({ code, lines: stderr.split("using ../../pipeline.lua").length }).toEqual({ code: 0, lines: 2 });
    }
    for (const args of [["runs"], ["report"], ["logs", "t"], ["changes"], ["types"]])
      expect(await sloth(args, { cwd: below })).toMatchObject({
        code: 0,
        stderr: expect.stringContaining("sloth: looking in ../..\n"),
      });
    expect((await sloth(["list"], { cwd: directory })).stderr).toBe("");
  });

  it("says what was looked for where there is none", async () => {
    const empty = temporaryDirectory();
    expect(await sloth(["run"], { cwd: empty })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^sloth: There is no sloth\.lua, .*-f FILE\.\n$/),
    });
    const { below } = project("");
    expect(await sloth(["list", "-f", "gone.lua"], { cwd: below })).toMatchObject({ code: 2, stdout: "" });
  });
});

it("takes settings from sloth.yaml, over it from the environment, over that from flags", async () => {
  const { directory, below } = project(one("function() return true, values.from end"));
  writeFileSync(join(directory, "sloth.yaml"), "output: json\nvalues: a.yaml\n");
  writeFileSync(join(directory, "a.yaml"), "from: the file\n");
  expect((await sloth(["run"], { cwd: below })).stdout).toMatch(/^\{"v":1,[\s\S]*"message":"the file"/);
  const env = { SLOTH_OUTPUT: "quiet" };
  expect(await sloth(["run"], { cwd: below, env })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^1 succeeded/),
  });
  expect((await sloth(["run", "--output", "plain"], { cwd: below, env })).stdout).toContain("✓ t");
  expect(await sloth(["run"], { cwd: below, env: { SLOTH_JOBS: "none" } })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^sloth: SLOTH_JOBS=none: .*\n$/),
  });
  writeFileSync(join(directory, "sloth.yaml"), "jobs: 2\noutptu: json\n");
  expect(await sloth(["list"], { cwd: below })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^sloth: \.\.\/\.\.\/sloth\.yaml:2: .*"output"\?.*\n$/),
  });
});

it("continues a run that failed: outputs and artifacts of what succeeded are there", async () => {
  const { directory, read } = project(`TaskDefinitions = {
    g = { tasks = {
      { name = "make", artifacts = { "out" }, command = function()
          exec.run("echo made >> log; echo data > out")
          return true, nil, { n = 9007199254740993, bytes = "\\xff\\0" } end },
      { name = "use", depends_on = "make", consumes = "out", command = function(params, deps)
          if not fs.exists("mended") then return false, "not yet" end
          return deps.make.n == 9007199254740993 and deps.make.bytes == "\\xff\\0" and fs.read("out") == "data\\n" end },
      { name = "end", depends_on = "use", command = "echo end >> log" },
    } },
    after = { tasks = { { name = "last", command = "echo last >> log" } } },
  }`);
  const run = (...args: string[]) => sloth(["run", ...args], { cwd: directory });
  expect((await run()).code).toBe(1);
  const again = await run("--rerun-failed");
  expect({ code: again.code, log: read("log") }).toEqual({ code: 1, log: "made\n" });
  expect(again.stderr).toMatch(
    /^sloth: continuing run \w{26}: 1 task is taken as done; run again: g\/use, g\/end, after\/last\n/,
  );
  writeFileSync(join(directory, "mended"), "");
  writeFileSync(join(directory, "out"), "spoilt");
  expect(await run("--rerun-failed", "--dry-run")).toMatchObject({ code: 0 });
  expect({ code: (await run("--rerun-failed")).code, log: read("log") }).toEqual({
    code: 0,
    log: "made\nend\nlast\n",
  });
  const none = await run("--rerun-failed");
  expect(none).toMatchObject({
    code: 0,
    stdout: "",
    stderr: expect.stringMatching(/^sloth: nothing failed in run /),
  });
  const { tasks } = JSON.parse((await sloth(["report", "--output", "json"], { cwd: directory })).stdout);
  expect(tasks.map(({ task, status }: Record<string, string>) => `${task} ${status}`)).toEqual([
    "make succeeded",
    "use succeeded",
    "end succeeded",
    "last succeeded",
  ]);
});

it("lets what failed be mended, and refuses a workflow whose finished tasks are others now", async () => {
  const text = `TaskDefinitions = { g = { tasks = {
    { name = "first", command = "echo first" }, { name = "second", depends_on = "first", command = "exit 1" } } } }`;
  const { directory } = project(text);
  const run = (...args: string[]) => sloth(["run", ...args], { cwd: directory });
  expect((await run("--rerun-failed")).stderr).toMatch(
    /^sloth: No run of .*pipeline\.lua is recorded\. Run it once/,
  );
  await run();
  writeWorkflow(directory, text.replace("exit 1", "true").replace("echo first", "echo 1st"));
  expect(await run("--rerun-failed")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^sloth: The workflow has changed .*g\/first .*--only\.\n$/),
  });
  writeWorkflow(directory, `\n${text.replace("exit 1", "true")}`);
  expect((await run("--rerun-failed")).code).toBe(0);
  expect((await run("--rerun-failed", "-t", "first")).code).toBe(2);
});
