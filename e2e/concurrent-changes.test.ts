import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** A script that waits, on whichever machine, until all tasks of the group run. */
function together(directory: string, name: string, count: number): string {
  return `touch ${directory}/${name}; until [ "$(ls ${directory} | wc -l)" -ge ${count} ]; do sleep 0.05; done;`;
}

describe("tasks that run on agents at the same time", () => {
  it("all bring their changes home when they change different files", async () => {
    const agents = [await startAgent(["--slots", "4"]), await startAgent(["--slots", "4"])];
    const [directory, meeting] = [temporaryDirectory(), temporaryDirectory()];
    const tasks = [0, 1, 2, 3, 4, 5].map(
      (n) =>
        `{ name = "t${n}", delegate_to = "${agents[n % 2]?.address}", command = "${together(meeting, `t${n}`, 6).replaceAll('"', '\\"')} echo ${n} > file${n}" },`,
    );
    const file = writeWorkflow(directory, `TaskDefinitions = { g = { tasks = { ${tasks.join("\n")} } } }`);

    const { code, stderr } = await sloth(["run", "-f", file]);

    expect(code, stderr).toBe(0);
    for (const n of [0, 1, 2, 3, 4, 5])
      expect(readFileSync(join(directory, `file${n}`), "utf8")).toBe(`${n}\n`);
  });

  it("conflict when they change the same file: one lands whole, the other fails and names the path", async () => {
    const agent = await startAgent(["--slots", "2"]);
    const [directory, meeting] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(directory, "shared"), "base");
    const task = (name: string) =>
      `{ name = "${name}", delegate_to = "${agent.address}", command = "${together(meeting, name, 2).replaceAll('"', '\\"')} echo ${name} > shared; touch only-${name}" },`;
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { ${task("a")} ${task("b")} } } }`,
    );

    const { code, stdout, stderr } = await sloth(["run", "-f", file]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/conflict/);
    expect(stderr).toMatch(/shared/);
    const winner = stdout.includes("✓ a@") ? "a" : "b";
    const loser = winner === "a" ? "b" : "a";
    expect(readFileSync(join(directory, "shared"), "utf8")).toBe(`${winner}\n`);
    expect(existsSync(join(directory, `only-${winner}`))).toBe(true);
    expect(existsSync(join(directory, `only-${loser}`))).toBe(false);
  });

  it("leave a local change of the same file alone, and fail", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "shared"), "base");
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = "${agent.address}",
         command = "echo mine > ${directory}/shared; echo theirs > shared" } } } }`,
    );
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/shared/);
    expect(readFileSync(join(directory, "shared"), "utf8")).toBe("mine\n");
  });
});

it("runs many tasks at once, here and there, without a warning", async () => {
  const agent = await startAgent(["--slots", "16"]);
  const directory = temporaryDirectory();
  const task = (n: number) =>
    `{ name = "t${n}", command = "sleep 1", delegate_to = ${n % 2 ? "false" : `"${agent.address}"`} },`;
  const tasks = Array.from({ length: 40 }, (_, n) => task(n)).join("\n");
  const file = writeWorkflow(directory, `TaskDefinitions = { g = { tasks = { ${tasks} } } }`);

  const { code, stdout, stderr } = await sloth(["run", "-f", file, "-j", "20"]);

  expect(stderr).not.toMatch(/warning/i);
  expect(code).toBe(0);
  expect(stdout).toContain("40 succeeded");
  expect(agent.stderr).toBe("");
});

describe("outputs and retries", () => {
  it("hands outputs of delegated and local tasks to those that depend on them", async () => {
    const agent = await startAgent();
    const file = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { delegate_to = "${agent.address}", tasks = {
         { name = "there", command = function() return true, "m", { list = { 1, 2 }, bytes = "\\0\\255", big = math.maxinteger } end },
         { name = "here", delegate_to = false, depends_on = "there", params = { word = "olá" },
           command = function(params, deps)
             local t = deps.there
             assert(t.list[2] == 2 and t.bytes == "\\0\\255" and t.big == math.maxinteger)
             return true, params.word, { sum = t.list[1] + t.list[2] }
           end },
         { name = "there_again", depends_on = { "here" },
           command = function(params, deps) assert(deps.here.sum == 3 and params.task_name == "there_again"); return true, "all there" end },
       } } }`,
    );
    const { code, stdout, stderr } = await sloth(["run", "-f", file]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("all there");
  });

  it("tries a delegated task again as often as it says", async () => {
    const agent = await startAgent();
    const [directory, counter] = [temporaryDirectory(), temporaryDirectory()];
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "flaky", delegate_to = "${agent.address}", retries = 2,
         command = "echo x >> ${counter}/tries; touch attempt-$(wc -l < ${counter}/tries); test $(wc -l < ${counter}/tries) -ge 3" } } } }`,
    );
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code, stderr).toBe(0);
    expect(existsSync(join(directory, "attempt-3"))).toBe(true);
    expect(existsSync(join(directory, "attempt-1"))).toBe(false);
  });

  it("skips what depends on a failure, and starts nothing more", async () => {
    const directory = temporaryDirectory();
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = {
         { name = "bad", command = "exit 1" },
         { name = "after", depends_on = "bad", command = "touch after" },
         { name = "independent", depends_on = {}, command = "touch independent" },
       } } }`,
    );
    const stopped = await sloth(["run", "-f", file, "-j", "1"]);
    expect(stopped.code).toBe(1);
    expect([existsSync(join(directory, "after")), existsSync(join(directory, "independent"))]).toEqual([
      false,
      false,
    ]);

    const kept = await sloth(["run", "-f", file, "-j", "1", "--keep-going"]);
    expect(kept.code).toBe(1);
    expect([existsSync(join(directory, "after")), existsSync(join(directory, "independent"))]).toEqual([
      false,
      true,
    ]);
  });
});
