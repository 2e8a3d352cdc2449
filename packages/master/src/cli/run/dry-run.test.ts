import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { loadWorkflow } from "@sloth/dsl";
import { describe, expect, it, onTestFinished } from "vitest";
import { emptyInventory } from "../../inventory/make-inventory.js";
import { planRun } from "../../plan/plan-run.js";
import type { Selection } from "../../plan/select-tasks.js";
import { LineWriter } from "../../view/line-writer.js";
import { dryRun } from "./dry-run.js";

const WORKFLOW = `TaskDefinitions = {
  build = { description = "Build there", delegate_to = "one:1", max_parallel = 2, tasks = {
    { name = "link", depends_on = { "a", "b" }, command = "touch ran", retries = 2, timeout = "90s" },
    { name = "a", command = "touch ran\\ntouch again", run_if = "touch ran" },
    { name = "b", command = function() error("ran") end, abort_if = function() error("ran") end },
    { name = "undo", next_if_fail = "link", command = "touch ran", delegate_to = false },
  } },
  fresh = { create_workdir_before_run = true, delegate_to = "one:1", tasks = { t = { command = "touch ran" } } },
}`;

async function shown({ isJson = false, select }: { isJson?: boolean; select?: Selection } = {}) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-dry-run-")));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "w.lua"), WORKFLOW);
  const plan = await planRun(await loadWorkflow(join(directory, "w.lua")), {
    select,
    inventory: emptyInventory,
  });
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const output = { stdout: new LineWriter(streams.stdout), stderr: new LineWriter(streams.stderr) };
  // None is there to be asked.
  const missing = { of: () => Promise.reject(new Error("No agent answers at one:1.")) };
  const code = await dryRun(plan, { isJson, output, missing });
  expect(existsSync(join(directory, "ran"))).toBe(false);
  return {
    code,
    directory,
    stdout: String(streams.stdout.read() ?? ""),
    stderr: String(streams.stderr.read() ?? ""),
  };
}

describe("sloth run --dry-run", () => {
  it("shows each task in the order of its start, and what is sent, though no agent answers", async () => {
    const { code, directory, stdout, stderr } = await shown();
    expect(code).toBe(0);
    expect(stdout).toBe(`build  - at most 2 at once  - Build there
   1  a @one:1 (asks its run_if): touch ran…
   1  b @one:1 (asks its abort_if): a Lua function
   2  link @one:1 (after a, b; up to 3 attempts; within 1 min 30 s): touch ran
   -  undo (if link fails): touch ran

fresh  - in a fresh directory
   1  t @one:1: touch ran

What is sent:
${directory} to one:1, for "build"
    1 file of ${WORKFLOW.length} B
    to send: ${WORKFLOW.length} B in 1 content, if nothing is there yet
`);
    expect(stderr).toMatch(/^sloth: No agent answers at one:1\.\nsloth: this was a dry run: .*\n$/);
  });

  it("names what is not chosen", async () => {
    const { stdout } = await shown({ select: { tasks: ["a"] } });
    expect(stdout).toMatch(/\n\nNot chosen: build\/link, build\/b, build\/undo, fresh\/t\n/);
  });

  it("is one JSON document for programs", async () => {
    const { directory, stdout, stderr } = await shown({
      isJson: true,
      select: { only: ["link", "fresh/t"] },
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      file: join(directory, "w.lua"),
      groups: [
        {
          name: "build",
          description: "Build there",
          workdir: directory,
          maxParallel: 2,
          tasks: [
            {
              name: "link",
              wave: 1,
              agent: "one:1",
              dependsOn: [],
              script: "touch ran",
              conditions: [],
              retries: 2,
              timeoutMs: 90_000,
              at: { file: "w.lua", line: 3 },
            },
          ],
        },
        { name: "fresh", tasks: [expect.objectContaining({ name: "t", wave: 1 })] },
      ],
      transfers: [
        {
          workspace: directory,
          agent: "one:1",
          groups: ["build"],
          files: 1,
          sizeBytes: WORKFLOW.length,
          newContents: 1,
          newBytes: WORKFLOW.length,
          isGuess: true,
          problem: "No agent answers at one:1.",
        },
      ],
      earlier: [],
      notChosen: [
        { group: "build", task: "a" },
        { group: "build", task: "b" },
        { group: "build", task: "undo" },
      ],
    });
  });
});
