import { existsSync } from "node:fs";
import type { TaskHook } from "@sloth/dsl";
import { afterAll, describe, expect, it } from "vitest";
import { createLocalTaskRunner } from "../local-task-runner.js";
import type { TaskResult } from "../task-runner.js";
import { luaAttempt, start } from "../testing/attempt.js";

const runner = createLocalTaskRunner();
afterAll(() => runner.close());

/** Runs a command with this body: its output by stream, and its result. */
async function run(body: string, hooks: TaskHook[] = []) {
  const output = { stdout: "", stderr: "" };
  let result: TaskResult | undefined;
  for await (const event of start(runner, await luaAttempt(body, { hooks }))) {
    if (event.type === "output") output[event.stream] += Buffer.from(event.bytes).toString();
    if (event.type === "result") result = event.result;
  }
  return { ...output, result };
}

describe("the streams of a Lua task", () => {
  it("are those that the script names", async () => {
    const { stdout, stderr } = await run(
      `io.write("a") io.stderr:write("b") print("c") io.stdout:write("d") return true`,
    );
    expect({ stdout, stderr }).toEqual({ stdout: "ac\nd", stderr: "b" });
  });

  it("show what os.execute writes, and of io.popen only what the script does not read", async () => {
    const { stdout, stderr, result } = await run(`
      local read = io.popen("echo read; echo e1 >&2"):read("a")
      local w = io.popen("cat; echo e2 >&2", "w") w:write("written\\n") w:close()
      os.execute("echo executed; echo e3 >&2")
      return true, read`);
    expect({ stdout, stderr, message: result?.message }).toEqual({
      stdout: "written\nexecuted\n",
      stderr: "e1\ne2\ne3\n",
      message: "read\n",
    });
  });

  it("os.execute shows more than could be returned", async () => {
    const { stdout, result } = await run(`return os.execute("head -c 70000000 /dev/zero | tr '\\\\0' x")`);
    expect(result).toMatchObject({ status: "succeeded" });
    expect(stdout.length).toBe(70_000_000);
  });

  it("io.popen fails where the output is more than can be returned", async () => {
    const body = `local f, problem = io.popen("head -c 70000000 /dev/zero") return f == nil, problem`;
    const { result } = await run(body);
    expect(result).toMatchObject({ status: "succeeded", message: expect.stringContaining("64 MiB") });
  });
});

const FIVE = { status: "failed", exitCode: 5, message: "os.exit(5)" };

it("os.execute and io.popen let the other branches of parallel go on", async () => {
  const { result } = await run(`
    local wait = "while [ ! -e %s ]; do sleep 0.01; done; touch %s"
    local results, failures = parallel({
      function() return os.execute(wait:format("a", "b")) end,
      function() return io.popen(wait:format("b", "c")):close() end,
      function() local f = io.popen(wait:format("c", "d"), "w") return f:close() end,
      function() return fs.write("a", "") == nil and os.execute(wait:format("d", "e")) end,
    })
    return failures == nil, failures`);
  expect(result).toEqual({ status: "succeeded" });
});

describe("os.exit", () => {
  it.each([
    ["os.exit(3)", { status: "failed", exitCode: 3, message: "os.exit(3)" }],
    ["pcall(os.exit, 4)", { status: "failed", exitCode: 4, message: "os.exit(4)" }],
    ["os.exit()", { status: "succeeded", exitCode: 0 }],
    ["os.exit(true)", { status: "succeeded", exitCode: 0 }],
    ["parallel({ function() os.exit(5) end, function() os.execute('sleep 300') end })", FIVE],
  ])("%s ends the task alone", async (code, result) => {
    const ended = await run(`print("before") ${code} print("after") return true`);
    expect(ended).toEqual({ stdout: "before\n", stderr: "", result });
    expect((await run("return true")).result).toEqual({ status: "succeeded" });
  });

  it.each([
    [
      "the command",
      "command",
      "os.exit(2)",
      { status: "failed", exitCode: 2, message: "os.exit(2)" },
      "command ",
    ],
    [
      "pre_exec",
      "pre_exec",
      "os.exit(2)",
      { status: "failed", exitCode: 2, message: "pre_exec: os.exit(2)" },
      "pre_exec ",
    ],
    ["pre_exec", "pre_exec", "os.exit(0)", { status: "succeeded", exitCode: 0 }, "pre_exec "],
    [
      "post_exec",
      "post_exec",
      "os.exit(2)",
      { status: "failed", exitCode: 2, message: "post_exec: os.exit(2)" },
      "pre_exec command post_exec ",
    ],
    [
      "on_success",
      "on_success",
      "os.exit(2)",
      { status: "succeeded" },
      "pre_exec command post_exec on_success ",
    ],
  ])("in %s ends the task there", async (_, place, code, result, stdout) => {
    const body = (name: string) => `io.write("${name} ") ${name === place ? code : ""} return true`;
    const functions = ["pre_exec", "post_exec", "on_success"] as const;
    // The functions are put behind the command, whose "end" then closes the last of them.
    const all = ["command", ...functions].map(body).join(" end, FIELD = function() ");
    const source = functions.reduce((text, name) => text.replace("FIELD", name), all);
    const hooks = place === "command" ? (["post_exec", "on_success"] as const) : functions;
    const ended = await run(source, [...hooks]);
    expect(ended).toEqual({ stdout, stderr: "", result });
  });

  it("keeps what was written, and removes temporary files", async () => {
    const ended = await run(
      `local f = io.open("kept", "w") f:write("x") io.stdout:write(os.tmpname()) os.exit(0)`,
    );
    expect(ended.result).toEqual({ status: "succeeded", exitCode: 0 });
    expect(ended.stdout).toMatch(/^\//);
    expect(existsSync(ended.stdout)).toBe(false);
  });
});

it("errors have the system's words and numbers", async () => {
  const { stdout } = await run(`
    local function show(_, message, code) print(message, code) end
    show(io.open("none"))
    show(io.open("none/x", "w"))
    show(os.remove("none"))
    show(io.open(".", "w"))
    show(io.open("x", "w"):read())
    return true`);
  expect(stdout.split("\n").slice(0, -1)).toEqual([
    "none: No such file or directory\t2",
    "none/x: No such file or directory\t2",
    "none: No such file or directory\t2",
    expect.stringMatching(/^\.: .*\t21$/),
    "Bad file descriptor\t9",
  ]);
});
