import { expect, it } from "vitest";
import { taskAttempt } from "./attempts.js";
import { processesWith, uniqueSleep } from "./living-processes.js";
import { observe, observeCancelled } from "./observe.js";
import type { ContractSubject } from "./subject.js";

/** Hooks that print their names and what they get, around a command. */
const telling = `
  pre_exec = function(params, deps) order = { "pre" } print("pre", params.n, deps.d) return true end,
  post_exec = function(params, output) print("post", params.n, output.x or output.exit_code) return true end,
  on_success = function(params, output) print("success", #order, output.x or output.exit_code) end,
  on_failure = function(params, output) print("failure", output.error, output.exit_code) end,`;

export function describeHooks(subject: () => ContractSubject): void {
  const run = async (fields: string, before = "") => {
    const attempt = await taskAttempt(subject(), fields, { params: { n: 1 }, deps: { d: "dep" } }, before);
    const { result, stdout } = await observe(subject(), attempt);
    return { result, lines: stdout.toString().trim().split("\n") };
  };

  it("are called around a function, in one Lua state", async () => {
    const command = `command = function() order[2] = "command" print("command") return true, "done", { x = 7 } end`;
    const { result, lines } = await run(`${telling} ${command}`, "order = {}");
    expect(result).toMatchObject({ status: "succeeded", message: "done", outputs: { x: 7 } });
    expect(lines).toEqual(["pre\t1\tdep", "command", "post\t1\t7", "success\t2\t7"]);
  });

  it("are called around a command of the shell, whose output streams between them", async () => {
    const { result, lines } = await run(`${telling} command = "echo shell"`, "order = {}");
    expect(result).toMatchObject({ status: "succeeded", exitCode: 0 });
    expect(lines).toEqual(["pre\t1\tdep", "shell", "post\t1\t0", "success\t1\t0"]);
  });

  it("are told how a command failed", async () => {
    const { result, lines } = await run(`${telling} command = "exit 3"`);
    expect(result).toMatchObject({ status: "failed", exitCode: 3 });
    expect(lines).toEqual(["pre\t1\tdep", expect.stringMatching(/^failure\t.*\t3$/)]);
  });

  it("keep the command from running, or make the task fail after it, unless they return true", async () => {
    const before = await run(`command = "echo ran", pre_exec = function() return false, "not ready" end,
      on_failure = function(_, output) print(output.error) end`);
    expect(before.result).toMatchObject({ status: "failed", message: "pre_exec: not ready" });
    expect(before.lines).toEqual(["pre_exec: not ready"]);
    const after = await run(`command = "echo ran", post_exec = function() end`);
    expect(after.result.status).toBe("failed");
    expect(after.result.message).toBe("post_exec: post_exec must return true or false; it returned nothing");
    expect(after.lines).toEqual(["ran"]);
  });

  it.each([
    ["a command of the shell", `command = "sleep 300"`],
    ["a function", "command = function() while true do pcall(function() while true do end end) end end"],
    ["a function that waits", `command = function() pcall(exec.run, "sleep 300") while true do end end`],
  ])("are told after the time limit has ended %s, when its processes are gone", async (_, command) => {
    const attempt = await taskAttempt(
      subject(),
      `${command}, on_failure = function(params, output, ctx)
        local ran = exec.run("echo $GREETING; pwd >&2")
        print("failure", params.n, output.error, ctx.name)
        fs.write("told", ran.stdout)
      end`,
      { params: { n: 1 }, env: { GREETING: "hello" }, timeoutMs: 500 },
    );
    const { result, stdout } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "timed-out", message: expect.stringContaining("500ms") });
    expect(stdout.toString()).toMatch(/^hello\nfailure\t1\t.*500ms\tsubject\n$/);
  });

  it("that are told of a time limit cannot change how the task ended; their errors are warnings", async () => {
    const fields = `command = "exec sleep 300", on_failure = function() error("oops") end`;
    const { result, told } = await observe(
      subject(),
      await taskAttempt(subject(), fields, { timeoutMs: 500 }),
    );
    expect(result).toMatchObject({ status: "timed-out", message: expect.stringContaining("500ms") });
    expect(told).toMatch(/^\[warn\] on_failure: workflow\.lua:\d+: oops\n$/);
  });

  it("that are told of a time limit end with their processes when the task is cancelled", async () => {
    const seconds = uniqueSleep();
    const attempt = await taskAttempt(
      subject(),
      `command = "sleep 300", on_failure = function()
        print("told") exec.run("sleep ${seconds}") while true do end
      end`,
      { timeoutMs: 500 },
    );
    const { result, stdout } = await observeCancelled(subject(), attempt);
    expect(result.status).toBe("timed-out");
    expect(stdout.toString()).toBe("told\n");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("are not told where a task is cancelled", async () => {
    const fields = `command = "echo ready; sleep 300", on_failure = function() print("failure") end`;
    const { result, stdout } = await observeCancelled(subject(), await taskAttempt(subject(), fields));
    expect(result.status).toBe("cancelled");
    expect(stdout.toString()).toBe("ready\n");
  });

  it("that are told the end do not change it; an error of theirs is a warning", async () => {
    const attempt = await taskAttempt(
      subject(),
      `command = "true", on_success = function() error("oops") end`,
    );
    const { result, told } = await observe(subject(), attempt);
    expect(result.status).toBe("succeeded");
    expect(told).toContain("[warn] on_success: ");
  });
}
