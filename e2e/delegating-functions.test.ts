import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

function workflowOf(body: string, before = ""): string {
  const directory = temporaryDirectory();
  return writeWorkflow(
    directory,
    `${before}\nTaskDefinitions = { main = { tasks = { { name = "all", command = function(params, deps, ctx)\n${body}\nend } } } }`,
  );
}

describe("a function that delegates", () => {
  it("runs tasks on several agents at the same time, whose changes come home", async () => {
    const agents = [await startAgent(), await startAgent()];
    const meeting = temporaryDirectory();
    const meet = (name: string, other: string) =>
      `touch ${meeting}/${name}; until [ -e ${meeting}/${other} ]; do sleep 0.02; done; echo ${name} | tee ${name}`;
    const file = workflowOf(`
      local results, err = parallel({
        task("a"):command("${meet("a", "b")}"):delegate_to("${agents[0]?.address}"),
        task("b"):command("${meet("b", "a")}"):delegate_to("${agents[1]?.address}"),
      })
      return err == nil, (err or "") .. results[1].outputs.stdout .. results[2].outputs.stdout .. fs.read("a")`);

    const { code, stdout, stderr } = await sloth(["run", "-f", file]);

    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("[all] a\n");
    expect(readFileSync(join(file, "../a"), "utf8")).toBe("a\n");
    expect(readFileSync(join(file, "../b"), "utf8")).toBe("b\n");
  });

  it("runs a task of the workflow elsewhere, with its params and hooks", async () => {
    const agent = await startAgent();
    const file = workflowOf(
      'local ok, message, outputs = there:run() return ok, message .. " " .. outputs.x .. " " .. fs.read("hook") .. " " .. outputs.agent',
      `there = task("there"):params({ x = 7 }):delegate_to("${agent.address}")
         :pre_exec(function() fs.write("hook", "called") return true end)
         :command(function(this, params) return true, "done", { x = params.x, agent = this.agent.get() } end)
       workflow.define("side"):tasks({ there })`,
    );

    const { code, stdout, stderr } = await sloth(["run", "-f", file, "-g", "main"]);

    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain(`done 7 called ${agent.address}`);
  });

  it.each([
    [
      "a closure",
      'task("x"):command(function() end):delegate_to("localhost:1"):run()',
      "a Lua function cannot travel",
    ],
    [
      "an agent that is not known",
      'error((select(2, task("x"):command("true"):delegate_to("nobody"):run())))',
      'no agent "nobody"',
    ],
    [
      "an agent that does not answer",
      'error((select(2, task("x"):command("true"):delegate_to("localhost:1"):run())))',
      "No agent answers",
    ],
    ["what is no place", 'task("x"):command("true"):delegate_to(5):run()', "delegate_to must be an address"],
    [
      "a directory outside",
      'error((select(2, task("x"):command("true"):workdir("/"):delegate_to("localhost:1"):run())))',
      "is outside of",
    ],
    ["a field of the schedule", 'task("x"):command("true"):retries(3):run()', '"retries" has no meaning'],
    ["nothing to run", 'task("x"):run()', "its command must be"],
  ])("is told of %s", async (_, body, message) => {
    const { code, stdout, stderr } = await sloth(["run", "-f", workflowOf(body)]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(message);
  });

  it("cannot delegate from an agent", async () => {
    const agent = await startAgent();
    const file = workflowOf(`task("x"):command("true"):delegate_to("${agent.address}"):run()`);
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace('name = "all"', `name = "all", delegate_to = "${agent.address}"`),
    );
    const { code, stdout, stderr } = await sloth(["run", "-f", file]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("only a function that runs on the master can delegate");
  });
});
