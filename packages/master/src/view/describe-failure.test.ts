import { describe, expect, it } from "vitest";
import type { RunInfo, TaskInfo } from "../events/run-event.js";
import { describeFailure, type Failure } from "./describe-failure.js";

function task(name: string, more: Partial<TaskInfo> = {}): TaskInfo {
  return { group: "g", name, dependsOn: [], script: "make", at: { file: "w.lua", line: 3 }, ...more };
}

function run(tasks: TaskInfo[], more: Partial<RunInfo> = {}): RunInfo {
  return { runId: "R", file: "/here/ci/w.lua", groups: [{ name: "g", tasks }], ...more };
}

const failure = (of: TaskInfo, result: Partial<Failure["result"]>, more: Partial<Failure> = {}): Failure => ({
  task: of,
  result: { status: "failed", ...result },
  attempt: 1,
  durationMs: 1234,
  lastLines: [],
  ...more,
});

const here = { directory: "/here" };

describe("the text of a failure", () => {
  it("has all that is needed to understand it and to try it again", () => {
    const build = task("build it", { agent: "box:1", script: "make -j8\nmake install", retries: 2 });
    const command = { directory: "/here", words: ["sloth", "run", "-f", "ci/w.lua", "--set", "a=b c"] };
    const lines = describeFailure(
      failure(
        build,
        { exitCode: 2, message: "exited with 2\nIts changes are kept." },
        {
          attempt: 2,
          lastLines: ["one", "no \x1b[2Jend"],
          log: "/here/ci/.sloth/runs/R/logs/g/build-it.log",
        },
      ),
      run([build], { command }),
      here,
    );
    expect(lines).toEqual([
      "✗ g/build it@box:1 failed in 1.2 s, attempt 2 of 3: exited with 2",
      "    Its changes are kept.",
      "    ci/w.lua:3  make -j8 …",
      "    | one",
      "    | no \\x1b[2Jend",
      "    log:   ci/.sloth/runs/R/logs/g/build-it.log",
      "    again: sloth run -f ci/w.lua --set 'a=b c' --only 'g/build it'",
    ]);
  });

  it.each<[string, Partial<Failure["result"]>, string]>([
    ["a message", { exitCode: 2, message: "exited with 2" }, "failed in 1.2 s: exited with 2"],
    ["an exit code alone", { exitCode: 2 }, "failed with exit code 2 in 1.2 s"],
    ["a signal alone", { signal: "SIGKILL" }, "failed by SIGKILL in 1.2 s"],
    ["a success that did not count", { exitCode: 0, message: "conflicts" }, "failed in 1.2 s: conflicts"],
    ["nothing", { status: "lost" }, "lost in 1.2 s"],
  ])("says how it ended: %s", (_, result, words) => {
    const [first] = describeFailure(failure(task("t"), result), run([task("t")]), here);
    expect(first).toBe(`✗ g/t ${words}`);
  });

  it("shows of a function its traceback", () => {
    const lua = task("lua");
    delete lua.script;
    const lines = describeFailure(failure(lua, { message: "no", traceback: "at\n\x07b" }), run([lua]), here);
    expect(lines.slice(1, 4)).toEqual(["    ci/w.lua:3  a Lua function", "    at", "    \\x07b"]);
  });

  it.each<[string, TaskInfo, Partial<RunInfo>, string]>([
    ["without a command line", task("t"), {}, "npx @sloth/master run -f ci/w.lua --only g/t"],
    [
      "with a name like an option",
      task("t", { group: "-x" }),
      {},
      "npx @sloth/master run -f ci/w.lua --only=-x/t",
    ],
    [
      "elsewhere",
      task("t"),
      { command: { directory: "/other place", words: ["sloth", "run", "-f", "w.lua"] } },
      "cd '/other place' && sloth run -f w.lua --only g/t",
    ],
  ])("says how to run it again, %s", (_, of, more, line) => {
    const groups = [{ name: of.group, tasks: [of] }];
    expect(describeFailure(failure(of, {}), run([], { groups, ...more }), here).at(-1)).toBe(
      `    again: ${line}`,
    );
  });

  it("runs a function of a group again with its group", () => {
    const [last] = describeFailure(failure(task("on_start"), {}), run([task("t")]), here).slice(-1);
    expect(last).toMatch(/run -f ci\/w\.lua --group g$/);
  });
});
