import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import type { Attempt } from "../task-runner.js";
import { luaAttempt, shellAttempt, temporaryDirectory } from "../testing/attempt.js";
import { isRunning } from "../testing/processes.js";

const INDEX = new URL("../../dist/index.js", import.meta.url).href;

function startRunner({ workflow, ...attempt }: Attempt, environment = {}) {
  const program = `
    import { createLocalTaskRunner } from ${JSON.stringify(INDEX)};
    const attempt = JSON.parse(process.argv[1]);
    if (attempt.workflow) attempt.workflow.bundle = Buffer.from(attempt.workflow.bundle, "base64");
    const { signal } = new AbortController();
    const runner = createLocalTaskRunner();
    for (let number = 0; number < Number(process.env.RUNS_BEFORE); number++) {
      const before = { ...attempt, command: { kind: "shell", script: "true" } };
      for await (const _ of runner.run(before, { signal }));
    }
    for await (const event of runner.run(attempt, { signal }))
      if (event.type === "output") process.stdout.write(event.bytes);`;
  const source = workflow && { ...workflow, bundle: Buffer.from(workflow.bundle).toString("base64") };
  const job = JSON.stringify({ ...attempt, workflow: source });
  return spawn(process.execPath, ["--input-type=module", "-e", program, job], {
    env: { ...process.env, ...environment },
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

it("ends what a launcher has started for a runner that was killed, and the launcher", async () => {
  const script = `trap '' TERM; setsid sleep 300 & echo "$$ $! $PPID"; wait; sleep 300`;
  const runner = startRunner(shellAttempt(script), { RUNS_BEFORE: "30" });
  const [line] = await once(createInterface(runner.stdout), "line");
  const pids = String(line).split(" ").map(Number);
  expect(pids).not.toContain(runner.pid);
  expect(pids.filter(isRunning)).toEqual(pids);
  runner.kill("SIGKILL");
  await expect.poll(() => pids.filter(isRunning), { timeout: 25_000 }).toEqual([]);
});

it("removes the temporary files of a runner that was killed", async () => {
  const temporary = temporaryDirectory();
  const body = `local name = fs.tmpname() fs.write(name, "x") print("ready") exec.run("sleep 300")`;
  const runner = startRunner(await luaAttempt(body, { graceMs: 0 }), { TMPDIR: temporary });
  await once(createInterface(runner.stdout), "line");
  expect(readdirSync(temporary)).not.toEqual([]);
  runner.kill("SIGKILL");
  await expect.poll(() => readdirSync(temporary), { timeout: 25_000 }).toEqual([]);
});

it("gives them the grace period of their attempts", async () => {
  const script = `exec 2>tidied.log; trap 'sleep 1; echo tidy > tidied; exit' TERM; echo "$$"; while :; do sleep 0.05; done`;
  const [hasty, patient] = [shellAttempt(script, { graceMs: 0 }), shellAttempt(script, { graceMs: 20_000 })];
  for (const attempt of [hasty, patient]) {
    const runner = startRunner(attempt);
    const [line] = await once(createInterface(runner.stdout), "line");
    runner.kill("SIGKILL");
    await expect.poll(() => isRunning(Number(line)), { timeout: 25_000 }).toBe(false);
  }
  expect([hasty, patient].map(({ workspace }) => existsSync(join(workspace, "tidied")))).toEqual([
    false,
    true,
  ]);
});

it("ends one that starts itself anew in another session all the time", async () => {
  const hop = `echo >> hops; setsid sh hop.sh </dev/null >/dev/null 2>&1 &`;
  const attempt = shellAttempt(
    `echo '${hop}' > hop.sh; sh hop.sh; until [ $(wc -l < hops) -gt 20 ]; do :; done; echo; sleep 300`,
    { graceMs: 0 },
  );
  const runner = startRunner(attempt);
  await once(createInterface(runner.stdout), "line");
  runner.kill("SIGKILL");
  const hops = () => statSync(join(attempt.workspace, "hops")).size;
  const seen = [-1];
  await expect
    .poll(() => seen.unshift(hops()) && seen[0] === seen[1], { timeout: 25_000, interval: 500 })
    .toBe(true);
});

it("does not keep a process alive that has nothing more to do", async () => {
  const runner = startRunner(shellAttempt("echo ready"));
  runner.stdout.resume();
  const [code] = await once(runner, "exit");
  expect(code).toBe(0);
});
