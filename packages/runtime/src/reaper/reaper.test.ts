import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { shellAttempt } from "../testing/attempt.js";
import { isRunning } from "../testing/processes.js";

const INDEX = new URL("../../dist/index.js", import.meta.url).href;

function startRunner(attempt: unknown) {
  const program = `
    import { createLocalTaskRunner } from ${JSON.stringify(INDEX)};
    const attempt = JSON.parse(process.argv[1]);
    const { signal } = new AbortController();
    for await (const event of createLocalTaskRunner().run(attempt, { signal }))
      if (event.type === "output") process.stdout.write(event.bytes);`;
  return spawn(process.execPath, ["--input-type=module", "-e", program, JSON.stringify(attempt)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

it("ends the processes of a runner that was killed", async () => {
  const script = `trap '' TERM; setsid sleep 300 & echo "$$ $!"; wait; sleep 300`;
  const runner = startRunner(shellAttempt(script));
  const [line] = await once(createInterface(runner.stdout), "line");
  const pids = String(line).split(" ").map(Number);
  expect(pids.filter(isRunning)).toEqual(pids);
  runner.kill("SIGKILL");
  await expect.poll(() => pids.filter(isRunning), { timeout: 25_000 }).toEqual([]);
});

it("does not keep a process alive that has nothing more to do", async () => {
  const runner = startRunner(shellAttempt("echo ready"));
  runner.stdout.resume();
  const [code] = await once(runner, "exit");
  expect(code).toBe(0);
});
