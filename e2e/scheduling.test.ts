import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

async function run(
  tasks: string,
  args: string[] = [],
  groupFields = "",
  prepare: (directory: string) => void = () => {},
) {
  const directory = temporaryDirectory();
  prepare(directory);
  const file = writeWorkflow(directory, `TaskDefinitions = { g = { ${groupFields} tasks = { ${tasks} } } }`);
  const ended = await sloth(["run", "-f", file, ...args]);
  return { directory, ...ended, all: ended.stdout + ended.stderr };
}

describe("conditions", () => {
  it("leave a task out, and what depends on it runs without its outputs", async () => {
    const { code, all } = await run(`
      { name = "shell", run_if = "false", command = "echo never" },
      { name = "lua", run_if = function(params) return params.wanted end, params = { wanted = false }, command = "echo never" },
      { name = "yes", run_if = "test -d .", command = "echo ran" },
      { name = "after", depends_on = { "shell", "lua", "yes" }, command = function(params, deps)
          return true, "no outputs: " .. tostring(deps.shell == nil and deps.lua == nil) end },`);
    expect(all).not.toContain("] never");
    expect(all).toContain("[yes] ran");
    expect(all).toContain("no outputs: true");
    expect(all).toContain("2 succeeded, 2 skipped");
    expect(code).toBe(0);
  });

  it("end the run where abort_if holds", async () => {
    const { code, all } = await run(`
      { name = "stop", abort_if = function() return true end, command = "echo never" },
      { name = "beside", command = "sleep 300" },`);
    expect(all).toContain("abort_if holds");
    expect(all).not.toContain("] never");
    expect(code).toBe(1);
  });

  it.each([
    ["run_if = function() error('broken') end", "run_if: pipeline.lua:1: broken"],
    ["run_if = function() return 5 end", "run_if must return true or false; it returned 5"],
    ["run_if = 'kill -9 $$'", "run_if: ended by SIGKILL"],
    ["abort_if = function() end", "abort_if must return true or false; it returned nothing"],
  ])("fail the task where they cannot be told: %s", async (field, message) => {
    const { code, all } = await run(`{ name = "t", ${field}, command = "echo never" }`);
    expect(all).toContain(message);
    expect(all).not.toContain("] never");
    expect(code).toBe(1);
  });
});

describe("handlers of failures", () => {
  const tasks = `
    { name = "breaks", command = "exit 7" },
    { name = "fine", command = "true" },
    { name = "rescue", next_if_fail = "breaks", command = "echo rescued" },
    { name = "idle", next_if_fail = { "fine" }, command = "echo never" },`;

  it("run after the failure that they name, and the run has failed all the same", async () => {
    const { code, all } = await run(tasks);
    expect(all).toContain("[rescue] rescued");
    expect(all).not.toContain("] never");
    expect(code).toBe(1);
  });

  it("come along with the task that is picked", async () => {
    const { all } = await run(tasks, ["-t", "breaks"]);
    expect(all).toContain("[rescue] rescued");
    expect(all).not.toContain("fine");
  });
});

describe("picking tasks", () => {
  const tasks = `
    { name = "a", command = "echo did a" },
    { name = "b", depends_on = "a", command = "echo did b" },
    { name = "c", command = "echo did c" },`;

  it.each([
    [
      ["-t", "b"],
      ["a", "b"],
    ],
    [["b"], ["a", "b"]],
    [
      ["--tasks", "b,c"],
      ["a", "b", "c"],
    ],
    [["--only", "b"], ["b"]],
    [["-t", "g/c"], ["c"]],
  ])("%j runs %j", async (args, names) => {
    const { code, stdout } = await run(tasks, args);
    expect(stdout.match(/did \w/g)?.sort()).toEqual(names.map((name) => `did ${name}`));
    expect(code).toBe(0);
  });

  it("says which task there is not", async () => {
    const { code, stderr } = await run(tasks, ["-t", "g/bb"]);
    expect(stderr).toContain('There is no task "g/bb"');
    expect(code).toBe(2);
  });
});

describe("artifacts", () => {
  it("are brought to a task in another directory, with modes, links and directories, here and on agents", async () => {
    const agent = await startAgent();
    const { code, all, directory } = await run(
      `{ name = "make", workdir = "one", delegate_to = "${agent.address}", artifacts = { "out", "*.txt" },
         command = "mkdir -p out/empty out/deep; echo tool > out/deep/tool; chmod 750 out/deep/tool; ln -s deep/tool out/link; echo t > a.txt" },
       { name = "use", workdir = "two", depends_on = "make", consumes = { "out", "a.txt" }, command = "out/link; cat a.txt out/deep/tool" },
       { name = "there", workdir = "two/sub", depends_on = "use", consumes = "*.txt", delegate_to = "${agent.address}", command = "cat a.txt" },`,
      [],
      "",
      (made) => {
        mkdirSync(join(made, "one"));
        mkdirSync(join(made, "two/sub"), { recursive: true });
      },
    );
    expect(all).not.toContain("cannot");
    expect(statSync(join(directory, "two/out/deep/tool")).mode & 0o777).toBe(0o750);
    expect(readdirSync(join(directory, "two/out")).sort()).toEqual(["deep", "empty", "link"]);
    expect(all).toContain(`[there@${agent.address}] t`);
    expect(code, all).toBe(0);
  });

  it.each([
    [`artifacts = "none/*", command = "true"`, 'artifacts "none/*": the task has made nothing of that name'],
    [`artifacts = "../x", command = "true"`, "must be inside of the working directory"],
    [`artifacts = "l", command = "ln -s /etc/passwd l"`, "is a link that leads out"],
    [`consumes = "nothing", command = "echo never"`, 'consumes "nothing": no task of this run has saved it'],
  ])("fail the task, in words: %s", async (fields, message) => {
    const { code, all } = await run(`{ name = "t", ${fields} }`);
    expect(all).toContain(message);
    expect(all).not.toContain("] never");
    expect(code).toBe(1);
  });
});

describe("groups", () => {
  it("run in a fresh directory that is removed after a success and kept after a failure", async () => {
    const good = await run(
      `{ name = "t", command = "pwd; touch made" }`,
      [],
      "create_workdir_before_run = true,",
    );
    const place = /\[t\] (\/\S+)/.exec(good.stdout)?.[1] ?? "";
    expect(place).not.toBe(good.directory);
    expect(existsSync(place)).toBe(false);
    const bad = await run(
      `{ name = "t", command = "touch made; exit 1" }`,
      [],
      "create_workdir_before_run = true,",
    );
    const kept = /its working directory is kept: (\S+)/.exec(bad.stderr)?.[1] ?? "";
    expect(readdirSync(kept)).toContain("made");
  });

  it("call their functions around the tasks, and give them what came of these", async () => {
    const { code, all } = await run(
      `{ name = "t", command = function() return true, "said", { n = 5 } end }`,
      [],
      `create_workdir_before_run = true,
       on_start = function() print("starting") end,
       on_complete = function(success, results) print("complete", success, results.t.message, results.t.outputs.n) end,
       clean_workdir_after_run = function(result) print("clean", result.success, result.error, result.output.t.n) return false end,`,
    );
    expect(all).toContain("[on_start] starting");
    expect(all).toContain("[on_complete] complete\ttrue\tsaid\t5");
    expect(all).toContain("[clean_workdir_after_run] clean\ttrue\tnil\t5");
    expect(all).toContain("its working directory is kept");
    expect(code).toBe(0);
  });

  it("run nothing when on_start fails", async () => {
    const { code, all } = await run(
      `{ name = "t", command = "echo never" }`,
      [],
      `on_start = function() error("no") end,`,
    );
    expect(all).toContain("on_start");
    expect(all).not.toContain("] never");
    expect(all).toContain("1 failed, 1 skipped");
    expect(code).toBe(1);
  });

  it("run no more tasks at once than max_parallel", async () => {
    const tasks = Array.from(
      { length: 5 },
      (_, n) =>
        `{ name = "t${n}", command = "ls now | wc -l >> counts; touch now/${n}; sleep 0.1; rm now/${n}" },`,
    );
    const { directory } = await run(tasks.join("\n"), ["-j", "5"], "max_parallel = 2,", (made) =>
      mkdirSync(join(made, "now")),
    );
    const counts = readFileSync(join(directory, "counts"), "utf8").trim().split("\n").map(Number);
    expect(counts).toHaveLength(5);
    expect(Math.max(...counts)).toBeLessThan(2);
  });

  it("end at their time limit", async () => {
    const { code, all } = await run(`{ name = "t", command = "sleep 300" }`, [], `timeout = "300ms",`);
    expect(all).toContain("timed-out");
    expect(all).toContain("the time limit of the group, 0.3 s, is over");
    expect(code).toBe(1);
  });
});

describe("the run", () => {
  it("ends with 124 at its time limit", async () => {
    const { code, all } = await run(`{ name = "t", command = "sleep 300" }`, ["--timeout", "500ms"]);
    expect(all).toContain("the time limit of the run, 0.5 s, is over");
    expect(code).toBe(124);
  });

  it("gives the place of a task that waits for a retry to others", async () => {
    const { code, stdout } = await run(
      `{ name = "flaky", command = "test -e there", retries = 100, retry_delay = "50ms" },
       { name = "other", command = "touch there" },`,
      ["-j", "1"],
    );
    expect(stdout).toContain("2 succeeded");
    expect(code).toBe(0);
  });

  it.each([
    ["--timeout", "soon"],
    ["--timeout", "0"],
    ["--jobs", "0"],
    ["-g", "none"],
    ["--only", "none"],
  ])("refuses %s %s in one line", async (...args) => {
    const { code, stderr } = await run(`{ name = "t", command = "echo never" }`, args);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });
});

it("a workflow file of no tasks is no success by accident", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "empty.lua");
  writeFileSync(file, "");
  expect((await sloth(["run", "-f", file])).code).toBe(2);
});
