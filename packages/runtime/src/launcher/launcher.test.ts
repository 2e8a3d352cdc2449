import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLocalTaskRunner } from "../local-task-runner.js";
import type { Launch, Launched } from "../process/launch.js";
import { resultOf, shellAttempt, start, temporaryDirectory } from "../testing/attempt.js";
import { isRunning } from "../testing/processes.js";
import { launchHere } from "./launch-here.js";
import { Launcher } from "./launcher.js";

async function readyLauncher(): Promise<Launcher> {
  const launcher = new Launcher();
  onTestFinished(() => {
    try {
      process.kill(launcher.pid as number, "SIGKILL");
    } catch {
      // It has ended.
    }
  });
  await expect.poll(() => launcher.isReady, { timeout: 20_000 }).toBe(true);
  return launcher;
}

function launchOf(script: string, changes: Partial<Launch> = {}): Launch {
  const program = { file: "/bin/sh", argv0: "sh", args: ["-c", script] };
  return { ...program, directory: temporaryDirectory(), environment: process.env, ...changes };
}

/** Runs a script whose output goes to a file, and gives that with how it ended. */
async function run(launch: (launch: Launch) => Promise<Launched>, script: string, changes?: Partial<Launch>) {
  const directory = temporaryDirectory();
  const [input, output] = [join(directory, "input"), join(directory, "output")];
  writeFileSync(input, "what it reads");
  const stdio = [openSync(input, "r"), openSync(output, "w"), openSync("/dev/null", "w")];
  const order = launchOf(script, { directory, stdio: stdio as Launch["stdio"] & object, ...changes });
  const { pid, exited } = await launch(order).finally(() => stdio.forEach(closeSync));
  return { pid, directory, ...(await exited), output: readFileSync(output, "latin1").trim() };
}

const ways: [string, () => Promise<(launch: Launch) => Promise<Launched>>][] = [
  ["this process", async () => launchHere],
  [
    "a launcher",
    async () => {
      const launcher = await readyLauncher();
      return (launch) => launcher.launch(launch);
    },
  ],
];

describe.each(ways)("a process started by %s", (_, way) => {
  it("runs where it is told to, with what it is given", async () => {
    const script = 'pwd; cat; echo; echo "$ONLY $(env | wc -l)"';
    const environment = { ONLY: "ä \u{1f9a5}", PATH: process.env.PATH };
    const { output, directory, exitCode } = await run(await way(), script, { environment });
    const [where, read, only] = Buffer.from(output, "latin1").toString().split("\n");
    expect([where, read, exitCode]).toEqual([realpathSync(directory), "what it reads", 0]);
    // PWD, SHLVL or the like are of the shell.
    expect(only).toMatch(/^ä \u{1f9a5} [2-5]$/u);
  });

  it("leads a group and a session of its own", async () => {
    const { pid, output } = await run(await way(), "cut -d ' ' -f 5,6 /proc/$$/stat");
    expect(output).toBe(`${pid} ${pid}`);
  });

  it("tells its exit code, or the signal that ended it", async () => {
    const launch = await way();
    expect(await run(launch, "exit 137")).toMatchObject({ exitCode: 137 });
    const killed = await run(launch, "kill -KILL $$");
    expect(killed.signal).toBe("SIGKILL");
    expect(killed.exitCode).toBeUndefined();
  });

  it("fails with a reason when it cannot be started", async () => {
    const launch = await way();
    const starts = [{ file: "/no/such/program" }, { args: ["x".repeat(200_000)] }, { directory: "/no/such" }];
    for (const changes of starts)
      await expect(launch(launchOf("true", changes))).rejects.toMatchObject({ name: "StartFailure" });
  });
});

describe("Launcher", () => {
  it("tells who waits when it has ended", async () => {
    const launcher = await readyLauncher();
    const { pid, exited } = await launcher.launch(launchOf("sleep 300"));
    onTestFinished(() => void process.kill(pid, "SIGKILL"));
    const asked = launcher.launch(launchOf("true"));
    process.kill(launcher.pid as number, "SIGKILL");
    await expect(exited).rejects.toMatchObject({ code: "LAUNCHER_LOST" });
    // The answer may have been on its way.
    await asked.then(({ exited }) => exited).catch((error) => expect(error.code).toBe("LAUNCHER_LOST"));
    await expect(launcher.launch(launchOf("true"))).rejects.toMatchObject({ code: "LAUNCHER_LOST" });
  });

  it("starts nothing that cannot have its descriptors", async () => {
    const launcher = await readyLauncher();
    const order = launchOf("touch started", { stdio: [9999, 9999, 9999] });
    await expect(launcher.launch(order)).rejects.toMatchObject({ name: "Unreachable" });
  });
});

describe("a local runner", () => {
  const parentOf = (pid: number) =>
    Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ")[1]);

  async function startedByLauncher(script: string) {
    const runner = createLocalTaskRunner();
    for (;;) {
      const events = start(runner, shellAttempt(`echo $$; ${script}`))[Symbol.asyncIterator]();
      for (let event = await events.next(); !event.done; event = await events.next()) {
        if (event.value.type !== "output") continue;
        const pid = Number(String(Buffer.from(event.value.bytes)));
        if (parentOf(pid) !== process.pid) return { runner, events, pid, launcher: parentOf(pid) };
        break;
      }
      await events.return?.();
    }
  }

  it("breaks an attempt whose launcher has died, leaves no process of it, and runs the next one", async () => {
    const { runner, events, pid, launcher } = await startedByLauncher("trap '' TERM; sleep 300 & sleep 300");
    process.kill(launcher, "SIGKILL");
    await expect(
      (async () => {
        while (!(await events.next()).done);
      })(),
    ).rejects.toMatchObject({ name: "RuntimeError", code: "LAUNCHER_LOST" });
    expect(isRunning(pid)).toBe(false);
    const groups = execFileSync("ps", ["-e", "-o", "stat=,pgid="], { encoding: "utf8" }).split("\n");
    // Whoever adopts what has died may be slow.
    expect(groups.filter((line) => !line.startsWith("Z") && line.endsWith(` ${pid}`))).toEqual([]);
    expect(await resultOf(runner, shellAttempt("true"))).toMatchObject({ status: "succeeded" });
  });

  it("ends what is started while it is cancelled", async () => {
    const { runner, events } = await startedByLauncher("sleep 300");
    for (let turns = 0; turns < 40; turns++) {
      const stop = new AbortController();
      const attempt = shellAttempt("echo $$; exec sleep 300");
      const pids: number[] = [];
      const ended = (async () => {
        for await (const event of runner.run(attempt, { signal: stop.signal }))
          if (event.type === "output") pids.push(Number(String(Buffer.from(event.bytes))));
      })();
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      stop.abort();
      await ended;
      expect(pids.filter(isRunning)).toEqual([]);
    }
    await events.return?.();
  });
});
