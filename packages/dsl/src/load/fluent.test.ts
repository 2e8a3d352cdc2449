import { describe, expect, it } from "vitest";
import { load, loadError, openState } from "../testing/workflow-files.js";

describe("the fluent form", () => {
  it("builds the same model as tables do, but for the lines and the form of functions", async () => {
    const fluent = await load(`
      local build = task("build"):description("compiles"):command("make"):workdir("src"):timeout("5m")
        :retries(3, "exponential"):env({ CC = "gcc" }):params({ n = 1 }):artifacts("out/**", "log"):build()
      local test = task("test"):command(function(this, params, deps) return true end)
        :depends_on({ "build" }):run_if("test -f x"):delegate_to("farm"):build()
      local tell = task("tell"):command("mail"):next_if_fail("build", "test"):async():build()
      workflow.define("ci"):description("all of it"):version("1.0"):delegate_to({ name = "farm" })
        :config({ timeout = "1h", max_parallel_tasks = 2 }):tasks({ build, test, tell })`);
    const table = await load(`TaskDefinitions = { ci = { description = "all of it", version = "1.0",
      delegate_to = { name = "farm" }, timeout = "1h", max_parallel = 2, tasks = {
        { name = "build", description = "compiles", command = "make", workdir = "src", timeout = "5m", retries = 3,
          retry_backoff = "exponential", env = { CC = "gcc" }, params = { n = 1 }, artifacts = { "out/**", "log" } },
        { name = "test", command = function() return true end, depends_on = "build", run_if = "test -f x",
          delegate_to = "farm" },
        { name = "tell", command = "mail", next_if_fail = { "build", "test" }, async = true } } } }`);
    const plain = (loaded: typeof table) =>
      JSON.parse(
        JSON.stringify(loaded.workflow.groups, (key, value) =>
          key === "at" || key === "form" ? undefined : value,
        ),
      );
    expect(plain(fluent)).toEqual(plain(table));
    expect(fluent.workflow.groups[0]?.tasks.map(({ form, at }) => [form, at.line])).toEqual([
      ["fluent", 2],
      ["fluent", 4],
      ["fluent", 6],
    ]);
  });

  it("may stand beside tables in one file, in the order of the source", async () => {
    const { workflow } = await load(`TaskDefinitions = {
        first = { tasks = { { name = "a", command = "x" }, task("b"):command("y") } },
      }
      workflow.define("second"):tasks({ task("c"):command("z") })`);
    expect(workflow.groups.map(({ name, tasks }) => [name, tasks.map((task) => task.name)])).toEqual([
      ["first", ["a", "b"]],
      ["second", ["c"]],
    ]);
  });

  it("gives its functions this, params and deps", async () => {
    const { state } = await openState(`workflow.define("g"):tasks({ task("t"):params({ n = 5 })
      :command(function(this, params, deps)
        return true, "done", { this.name, this.workdir.get(), this.agent.get(), params.n, deps.before.x }
      end) })`);
    const ctx = { name: "t", group: "g", workdir: "/w", agent: "farm", attempt: 1, runId: "r" };
    const args = { params: { n: 5 }, deps: { before: { x: "y" } }, ctx };
    expect(state.call({ group: "g", task: "t", field: "command" }, args)).toEqual({
      success: true,
      message: "done",
      outputs: ["t", "/w", "farm", 5, "y"],
    });
  });

  it.each([
    [`task()`, "workflow.lua:1: bad argument #1 to 'task' (string expected, got no value)"],
    [`task("t"):comand("x")`, `workflow.lua:1: task has no method 'comand'. Did you mean "command"?`],
    [`task("t"):command()`, "workflow.lua:1: task:command needs a value"],
    [`task("t").command("x")`, "workflow.lua:1: task:command needs a value"],
    [`task("t").timeout = 5`, "workflow.lua:1: set timeout by a method, as in task(…):timeout(…)"],
    [
      `workflow.define("w"):config({ shards = 2 })`,
      "workflow.lua:1: workflow:config does not know 'shards'; it takes timeout and max_parallel_tasks",
    ],
    [
      `\nworkflow.define("w"):tasks({ task("t"):command("x"):timeout("soon") })`,
      `workflow.lua:2:30: group "w", task "t", field "timeout": "soon" is not a duration`,
    ],
    [
      `workflow.define("w"):tasks({ task("t"):command("x") })\nworkflow.define("w"):tasks({})`,
      `workflow.lua:2:1: group "w": is defined twice`,
    ],
  ])("%s is a mistake", async (source, message) => {
    expect((await loadError(source)).message).toContain(message);
  });
});

describe("uses", () => {
  it("takes a task over, and every field beside it wins; maps are merged at every depth", async () => {
    const { workflow } = await load(`
      local lint = { description = "lints", command = "lint .", timeout = "1m", retries = 2,
        env = { A = "1", B = "2" }, params = { deep = { x = 1, y = 2 }, list = { 1, 2 } } }
      local strict = { uses = lint, env = { B = "3" }, retries = 0 }
      TaskDefinitions = { g = { tasks = {
        { name = "own", uses = strict, command = "lint src", params = { deep = { y = 3 }, list = { 9 } } } } } }`);
    expect(workflow.groups[0]?.tasks[0]).toMatchObject({
      name: "own",
      description: "lints",
      command: { kind: "shell", script: "lint src" },
      timeoutMs: 60_000,
      retries: 0,
      env: { A: "1", B: "3" },
      params: { deep: { x: 1, y: 3 }, list: [9] },
    });
  });

  it.each([
    [`{ address = "a:1" }`, `{ labels = { os = "linux" } }`, { kind: "labels", labels: { os: "linux" } }],
    [`{ labels = { os = "linux" } }`, `{ labels = { gpu = true } }`, { labels: { os: "linux", gpu: true } }],
    [`{ labels = { os = "linux" } }`, `{ max = 2 }`, { kind: "labels", labels: { os: "linux" }, max: 2 }],
    [`"a:1"`, `{ name = "b" }`, { kind: "name", name: "b" }],
    [`{ name = "b" }`, `"a:1"`, { kind: "address", host: "a", port: 1 }],
  ])("chooses agents in one way, %s with %s beside it", async (base, own, expected) => {
    const { workflow } = await load(`
      TaskDefinitions = { g = { tasks = {
        { name = "t", command = "x", uses = { delegate_to = ${base} }, delegate_to = ${own} } } } }`);
    expect(workflow.groups[0]?.tasks[0]?.delegateTo).toMatchObject(expected);
  });

  it.each([
    [`uses = 5`, `field "uses": must be a task table, as from import, got the number 5`],
    [`uses = { comand = "x" }`, `unknown field "comand"`],
  ])("%s is a mistake", async (field, message) => {
    const source = `TaskDefinitions = { g = { tasks = { { name = "t", command = "x", ${field} } } } }`;
    expect((await loadError(source)).message).toContain(message);
  });
});
