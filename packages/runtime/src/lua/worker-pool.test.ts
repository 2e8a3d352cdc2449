import { describe, expect, it, onTestFinished } from "vitest";
import { createLocalTaskRunner } from "../local-task-runner.js";
import { luaAttempt, resultOf } from "../testing/attempt.js";

function localRunner() {
  const runner = createLocalTaskRunner();
  onTestFinished(() => runner.close());
  return runner;
}

describe("a thread that serves one task after the other", () => {
  it.each([
    ["of the same workflow", true],
    ["of another workflow", false],
  ])("leaves nothing of a task to the next one %s", async (_, isSame) => {
    const runner = localRunner();
    const body = `local before = tostring(left) .. tostring(string.left) .. type(fs.read)
      left, string.left, fs.read = 1, 2, 3
      file = io.open("open", "w")
      return true, before, math.random(1 << 50)`;
    const attempt = await luaAttempt(body);
    const results = [];
    for (let i = 0; i < 3; i++)
      results.push(await resultOf(runner, isSame ? attempt : await luaAttempt(body)));
    expect(results.map(({ message }) => message)).toEqual(Array(3).fill("nilnilfunction"));
    expect(new Set(results.map(({ outputs }) => outputs)).size).toBe(3);
  });

  it.each([
    ["an endless loop", "while true do end", "timed-out"],
    ["os.exit", "os.exit(1)", "failed"],
    ["much memory", 'local s = ("x"):rep(2e8) return true', "succeeded"],
    ["no memory", 'local s = ("x"):rep(2e9) return true', "failed"],
    ["a recursion without end", "local function f() return 1 + f() end f()", "failed"],
  ])("serves the next one after %s", async (_, body, status) => {
    const runner = localRunner();
    const first = await resultOf(
      runner,
      await luaAttempt(body, { timeoutMs: status === "timed-out" ? 500 : 100_000, graceMs: 100 }),
    );
    expect(first.status).toBe(status);
    expect(await resultOf(runner, await luaAttempt("return true, 'fine'"))).toMatchObject({
      message: "fine",
    });
  });

  it("gathers no listeners from task to task", async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => void warnings.push(message);
    process.on("warning", onWarning);
    onTestFinished(() => void process.off("warning", onWarning));
    const runner = localRunner();
    const attempt = await luaAttempt("return true");
    for (let i = 0; i < 12; i++) expect((await resultOf(runner, attempt)).status).toBe("succeeded");
    expect(warnings).toEqual([]);
  });

  it("gives every task of many at once its own answers", async () => {
    const runner = localRunner();
    const attempts = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        luaAttempt(`return true, exec.run("echo ${n}").stdout .. exec.run("echo ${n}").stdout`),
      ),
    );
    for (let round = 0; round < 2; round++) {
      const results = await Promise.all(attempts.map((attempt) => resultOf(runner, attempt)));
      expect(results.map(({ message }) => message)).toEqual(attempts.map((_, n) => `${n}\n${n}\n`));
    }
  });
});
