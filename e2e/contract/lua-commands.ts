import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { luaAttempt } from "./attempts.js";
import { processesWith, uniqueSleep } from "./living-processes.js";
import { observe, observeCancelled } from "./observe.js";
import type { ContractSubject } from "./subject.js";

export function describeLuaCommands(subject: () => ContractSubject): void {
  it("returns success, message and outputs", async () => {
    const attempt = await luaAttempt(
      subject(),
      'return true, "well done", { list = { 1, 2 }, text = "x", bytes = "\\255\\0" }',
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", message: "well done" });
    expect(result.outputs).toMatchObject({ list: [1, 2], text: "x" });
    const outputs = result.outputs as Record<string, Uint8Array>;
    expect([...(outputs.bytes as Uint8Array)]).toEqual([255, 0]);
  });

  it("gets params and the outputs of other tasks", async () => {
    const deps = { build: { files: ["a", "b"], size: 2n ** 60n, none: null } };
    const params = { text: "héllo", deep: { list: [1.5, true] } };
    const attempt = await luaAttempt(
      subject(),
      "return true, nil, { params.text, params.deep.list, deps.build, ctx.name, ctx.group, ctx.attempt, params.task_name }",
      { params, deps, number: 2 },
    );
    const { result } = await observe(subject(), attempt);
    const { none: _, ...build } = deps.build;
    expect(result.outputs).toMatchObject(["héllo", [1.5, true], build, "subject", "contract", 2, "subject"]);
  });

  it("fails where the function says so", async () => {
    const attempt = await luaAttempt(subject(), 'return false, "not today"');
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "failed", message: "not today" });
  });

  it("fails with the traceback of an error", async () => {
    const attempt = await luaAttempt(subject(), "local nothing\nreturn nothing.field");
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("failed");
    expect(result.message).toContain("workflow.lua:4");
    expect(result.traceback).toContain("workflow.lua:4");
  });

  it("fails where the first value is not a boolean", async () => {
    const attempt = await luaAttempt(subject(), 'return "yes"');
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("failed");
    expect(result.message).toContain("true or false");
  });

  it("fails where the workflow is another one than was loaded", async () => {
    const { workflow, ...attempt } = await luaAttempt(subject(), "return true");
    if (!workflow) throw new Error("A Lua attempt has a workflow");
    const { result } = await observe(subject(), {
      ...attempt,
      workflow: { ...workflow, modelHash: "0".repeat(64) },
    });
    expect(result.status).toBe("failed");
    expect(result.message).toContain("MODEL_MISMATCH");
  });

  it("prints, logs and streams in the order of the calls", async () => {
    const attempt = await luaAttempt(
      subject(),
      `print("one", 1)
       log.warn("two")
       exec.run("echo three")
       print("four")
       return true`,
    );
    const { told } = await observe(subject(), attempt);
    expect(told).toBe("one\t1\n[warn] two\nthree\nfour\n");
  });

  it("streams the output of a process while it runs", async () => {
    const seconds = uniqueSleep();
    const attempt = await luaAttempt(subject(), `exec.run("echo live; sleep ${seconds}") return true`);
    const { result, stdout } = await observeCancelled(subject(), attempt);
    expect(stdout.toString()).toBe("live\n");
    expect(result.status).toBe("cancelled");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("returns what a process wrote and how it ended", async () => {
    const attempt = await luaAttempt(
      subject(),
      `local ran = exec.run("cat; echo $WHO; echo err >&2; exit 4", { stdin = "in ", env = { WHO = "me" } })
       local killed = exec.run("kill -KILL $$")
       return true, nil, { ran.stdout, ran.stderr, ran.exit_code, ran.success, killed.signal }`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result.outputs).toEqual(["in me\n", "err\n", 4, false, "SIGKILL"]);
  });

  it("ends a process at the time limit of its call", async () => {
    const seconds = uniqueSleep();
    const attempt = await luaAttempt(
      subject(),
      `local ran = exec.run("trap '' TERM; sleep ${seconds}; sleep ${seconds}", { timeout = "300ms" })
       return true, nil, { ran.success, ran.error }`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result.outputs).toEqual([false, expect.stringContaining("300ms")]);
    expect(processesWith(seconds)).toEqual([]);
  });

  it("reads and writes files of the workspace under the umask of the attempt", async () => {
    const attempt = await luaAttempt(
      subject(),
      `fs.mkdir("made/inner")
       fs.write("made/inner/bytes", "\\0\\255")
       return true, nil, { fs.stat("made/inner/bytes").mode, fs.stat("made").mode, fs.ls("made") }`,
      { umask: 0o027 },
    );
    const { result } = await observe(subject(), attempt);
    expect(result.outputs).toEqual([0o640, 0o750, ["inner"]]);
    const bytes = await readFile(join(subject().workspace, "made/inner/bytes"));
    expect([...bytes]).toEqual([0, 255]);
  });

  it.each([
    ["an endless loop", "while true do end"],
    ["an endless loop that catches errors", "while true do pcall(function() while true do end end) end"],
    ["an endless pattern", 'local s = string.rep("a", 30000) while true do s:find(".-.-.-.-b") end'],
    ["an endless print", 'local s = string.rep("x", 10000) while true do print(s) end'],
    ["a process that is waited for", 'while true do pcall(exec.run, "sleep 300") end'],
  ])("ends %s at the time limit", async (_, body) => {
    const attempt = await luaAttempt(subject(), body, { timeoutMs: 500 });
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("timed-out");
    expect(result.message).toContain("500ms");
  });

  it("leaves no background processes of its calls", async () => {
    const seconds = uniqueSleep();
    const attempt = await luaAttempt(
      subject(),
      `exec.run("sleep ${seconds} >/dev/null 2>&1 &")
       exec.run("setsid sleep ${seconds} >/dev/null 2>&1 &")
       return true`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("succeeded");
    expect(processesWith(seconds)).toEqual([]);
  });
}
