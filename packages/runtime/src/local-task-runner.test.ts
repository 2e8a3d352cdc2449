import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { createLocalTaskRunner } from "./local-task-runner.js";
import { luaAttempt, resultOf, shellAttempt, start } from "./testing/attempt.js";
import { isRunning } from "./testing/processes.js";

const runner = createLocalTaskRunner();
afterAll(() => runner.close());

describe("a shell command", () => {
  it("is slowed down by a consumer that does not go on", async () => {
    const attempt = shellAttempt("head -c 5000000 /dev/zero; touch written");
    const events = start(runner, attempt)[Symbol.asyncIterator]();
    await events.next();
    await events.next();
    // Nothing happens, which cannot be awaited: given this time, an unbounded reader would have it all.
    await sleep(300);
    expect(existsSync(join(attempt.workspace, "written"))).toBe(false);
    while (!(await events.next()).done);
    expect(existsSync(join(attempt.workspace, "written"))).toBe(true);
  });

  it("is dead when the loop over its events has been left", async () => {
    let pid = 0;
    for await (const event of start(runner, shellAttempt("echo $$; exec sleep 300"))) {
      if (event.type !== "output") continue;
      pid = Number(Buffer.from(event.bytes).toString());
      break;
    }
    expect(pid).toBeGreaterThan(0);
    expect(isRunning(pid)).toBe(false);
  });

  it("ends although a process that cannot be found holds its output", async () => {
    const script = "env -i setsid sleep 20 & sleep 0.2; echo ready";
    expect(await resultOf(runner, shellAttempt(script))).toMatchObject({ status: "succeeded" });
  });

  it("fails where its script is too long for the system", async () => {
    const result = await resultOf(runner, shellAttempt(`: ${"x".repeat(3_000_000)}`));
    expect(result.status).toBe("failed");
    expect(result.message).toContain("too long");
  });

  it("fails where its directory is outside of the workspace or not a directory", async () => {
    const outside = await resultOf(runner, shellAttempt("true", { workdir: ".." }));
    expect(outside.message).toContain("outside");
    const file = await resultOf(runner, shellAttempt("true", { workspace: "/etc", workdir: "passwd" }));
    expect(file.message).toContain("not a directory");
  });

  it("leaves no descriptors open", async () => {
    const open = () => readdirSync("/proc/self/fd").length;
    for (let count = 0; count < 20; count++) await resultOf(runner, shellAttempt("true"));
    const before = open();
    for (let count = 0; count < 40; count++) await resultOf(runner, shellAttempt("true"));
    expect(open()).toBeLessThan(before + 40);
  });
});

describe("a Lua command", () => {
  it("is slowed down by a consumer that does not go on, in bounded memory", async () => {
    const body = `local s = string.rep("x", 100000) for i = 1, 50 do print(s) end fs.write("written", "") return true`;
    const attempt = await luaAttempt(body);
    const events = start(runner, attempt)[Symbol.asyncIterator]();
    await events.next();
    await events.next();
    await sleep(300);
    expect(existsSync(join(attempt.workspace, "written"))).toBe(false);
    while (!(await events.next()).done);
    expect(existsSync(join(attempt.workspace, "written"))).toBe(true);
  });

  it("fails where its memory limit is reached, and harms nobody else", async () => {
    const limited = createLocalTaskRunner({ luaMemoryLimitBytes: 32 * 1024 * 1024 });
    const body = `local t = {} while true do t[#t + 1] = string.rep("x", 1000000) .. #t end`;
    const result = await resultOf(limited, await luaAttempt(body));
    expect(result.status).toBe("failed");
    expect(result.message).toMatch(/memory/);
    expect(await resultOf(limited, await luaAttempt("return true"))).toMatchObject({ status: "succeeded" });
    await limited.close();
  });

  it("says so when a process writes more than can be returned", async () => {
    const body = `local ran = exec.run("head -c 70000000 /dev/zero") return ran.success, ran.error`;
    const result = await resultOf(runner, await luaAttempt(body));
    expect(result).toMatchObject({ status: "failed", message: expect.stringContaining("64 MiB") });
  });

  it("removes its temporary files", async () => {
    const body = `local name = fs.tmpname() fs.write(name, "x") return true, name`;
    const { message } = await resultOf(runner, await luaAttempt(body));
    expect(message).toMatch(/^\//);
    expect(existsSync(String(message))).toBe(false);
  });

  it("lets a background process live until the attempt ends", async () => {
    const body = `
      local server = exec.run("sleep 300 >/dev/null 2>&1 & echo $!").stdout:gsub("%s", "")
      local lives = exec.run("kill -0 " .. server).success
      return lives, server`;
    const result = await resultOf(runner, await luaAttempt(body));
    expect(result.status).toBe("succeeded");
    expect(isRunning(Number(result.message))).toBe(false);
  });

  it("has its own directory, environment and globals while another one runs", async () => {
    const meet = `n = (n or 0) + 1
      fs.write("here", "")
      local met = exec.run("for i in $(seq 300); do test -e " .. params.other .. "/here && exit 0; sleep 0.1; done; exit 1")
      return met.success, nil, { n, env.get("WHO"), exec.run("pwd; echo $WHO").stdout }`;
    const [one, two] = await Promise.all([luaAttempt(meet), luaAttempt(meet)]);
    const results = await Promise.all([
      resultOf(runner, { ...one, env: { WHO: "one" }, params: { other: two.workspace } }),
      resultOf(runner, { ...two, env: { WHO: "two" }, params: { other: one.workspace } }),
    ]);
    expect(results.map(({ outputs }) => outputs)).toEqual([
      [1, "one", `${one.workspace}\none\n`],
      [1, "two", `${two.workspace}\ntwo\n`],
    ]);
  });

  it.each([
    ["a text of 100 MB", 'return true, nil, ("x"):rep(1e4):rep(1e4)', "outputs is too large"],
    [
      "one text many times",
      'local t, s = {}, ("x"):rep(1e7) for i = 1, 100 do t[i] = s end return true, nil, t',
      "outputs is too large",
    ],
    [
      "tables that double",
      "local t = {} for i = 1, 90 do t = { t, t } end return true, nil, t",
      "outputs is too large",
    ],
    ["an error of 100 MB", 'error(("x"):rep(1e4):rep(1e4))', "(100000016 bytes in all)"],
    [
      "a log record of doubles",
      'local t = {} for i = 1, 90 do t = { t = t, u = t } end log.info("x", t) return true',
      "fields is too large",
    ],
    [
      "a file of 100 GB",
      'exec.run("truncate -s 100G big") return false, select(2, fs.read("big"))',
      "File too large",
    ],
    [
      "a finalizer without end",
      "setmetatable({}, { __gc = function() while true do end end }) return false, 'ended'",
      "ended",
    ],
  ])("does no harm by %s", async (_, body, message) => {
    const result = await resultOf(runner, await luaAttempt(body, { timeoutMs: 60_000 }));
    expect(result.status).toBe("failed");
    expect(result.message).toContain(message);
    expect(result.message?.length).toBeLessThan(66_000);
  });

  it("is ended by its time limit in a finalizer", async () => {
    const body = "setmetatable({}, { __gc = function() while true do end end }) collectgarbage() return true";
    expect(await resultOf(runner, await luaAttempt(body, { timeoutMs: 500 }))).toMatchObject({
      status: "timed-out",
    });
  });

  it("fails where its workflow is not given", async () => {
    const { workflow: _, ...attempt } = await luaAttempt("return true");
    expect(await resultOf(runner, attempt)).toMatchObject({ status: "failed" });
  });
});
