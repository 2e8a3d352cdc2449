import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sleepsOf, sloth, startSloth } from "./support/processes.js";
import { seededRandom } from "./support/random.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { TIMED } from "./support/timed.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** The runs of the workflow in a directory, the newest first. */
function runsIn(directory: string): string[] {
  return readdirSync(join(directory, ".sloth/runs")).sort().reverse();
}

/** Of the newest run. */
function eventsIn(directory: string): string {
  const location = join(directory, ".sloth/runs");
  const [run = ""] = existsSync(location) ? runsIn(directory) : [];
  const events = join(location, run, "events.ndjson");
  return run !== "" && existsSync(events) ? readFileSync(events, "utf8") : "";
}

function logIn(directory: string, run: string, task: string): string {
  return readFileSync(join(directory, ".sloth/runs", run, "logs/g", `${task}.log`), "utf8");
}

const numbersUpTo = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`).join("");

describe("sloth resume", () => {
  it("joins what runs on an agent, runs what had not begun, and repeats nothing that succeeded", async () => {
    const agent = await startAgent(["--slots", "4"]);
    const directory = temporaryDirectory();
    const count = join(temporaryDirectory(), "count");
    writeWorkflow(
      directory,
      `local once = "echo $0-" .. "ran >> ${count}; "
      TaskDefinitions = { g = { tasks = {
        { name = "before", command = once .. "echo done > before" },
        { name = "far", delegate_to = "${agent.address}", depends_on = { "before" },
          command = once .. "for n in $(seq 60); do echo $n; sleep 0.1; done; cat before > far" },
        { name = "after", depends_on = { "far" }, command = once .. "cat far" },
      } } }`,
    );
    const killed = startSloth(["run"], { cwd: directory });
    await killed.until(/\] 15\n/);
    killed.kill("SIGKILL");
    await killed.ended;

    const { code, stdout, stderr } = await sloth(["resume"], { cwd: directory });

    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /taking up run \w+: 1 task taken as done, 1 task to run; joined: g\/far on localhost/,
    );
    const [now = ""] = runsIn(directory);
    expect(logIn(directory, now, "far")).toBe(numbersUpTo(60));
    expect(logIn(directory, now, "after")).toBe("done\n");
    expect(readFileSync(count, "utf8").trim().split("\n")).toHaveLength(3);
    expect(stdout).toContain("[after] done");
  });

  it("collects what has ended meanwhile, with its changes", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "kept"), "as it was");
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = "${agent.address}",
        command = "echo one; sleep 2; echo two; echo new > made; rm kept; echo >&2 three" } } } }`,
    );
    const killed = startSloth(["run"], { cwd: directory });
    await killed.until(/one/);
    killed.kill("SIGKILL");
    await killed.ended;
    await expect.poll(() => sleepsOf(2), { timeout: 20_000 }).toEqual([]);

    const { code, stderr } = await sloth(["resume"], { cwd: directory });
    expect(code, stderr).toBe(0);
    const [now = ""] = runsIn(directory);
    expect(logIn(directory, now, "t").split("\n").sort()).toEqual(["", "one", "three", "two"]);
    expect(readFileSync(join(directory, "made"), "utf8")).toBe("new\n");
    expect(existsSync(join(directory, "kept"))).toBe(false);
  });

  it("says of what outcomes it does not know, and runs that again only with --rerun-unknown", async () => {
    const directory = temporaryDirectory();
    const count = join(temporaryDirectory(), "count");
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = {
        { name = "here", command = "echo begun >> ${count}; [ -e stop ] || sleep 5; echo > made" },
        { name = "after", depends_on = { "here" }, command = "true" },
      } } }`,
    );
    const kill = async (args: string[]) => {
      rmSync(count, { force: true });
      const killed = startSloth(args, { cwd: directory });
      // It may have begun a moment ago.
      await expect.poll(() => existsSync(count), { timeout: 20_000, interval: 2 }).toBe(true);
      killed.kill("SIGKILL");
      await killed.ended;
    };
    await kill(["run"]);
    const [first = ""] = runsIn(directory);
    const taking = startSloth(["resume"], { cwd: directory });
    const isTaken = () => existsSync(join(directory, ".sloth/runs", first, ".resumed-by"));
    await expect.poll(isTaken, { timeout: 20_000, interval: 2 }).toBe(true);
    taking.kill("SIGKILL");
    await taking.ended;
    const { code, stderr } = await sloth(["resume"], { cwd: directory });
    expect(code).toBe(3);
    expect(stderr).toMatch(/outcome unknown, and not run: g\/here/);
    expect(stderr).toMatch(/whether it had finished is unknown/);
    expect(stderr).toMatch(/again: .* run --only g\/here/);
    expect(readFileSync(count, "utf8")).toBe("begun\n");

    await kill(["run", "-f", "pipeline.lua"]);
    writeFileSync(join(directory, "stop"), "");
    const again = await sloth(["resume", "--rerun-unknown"], { cwd: directory });
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/outcome unknown, and run again: g\/here/);
    expect(existsSync(join(directory, "made"))).toBe(true);
  });

  it("runs again with --rerun-unknown what cannot be joined, once it is dead", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const begun = join(temporaryDirectory(), "begun");
    const pid = `${begun}.pid`;
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "far", delegate_to = "${agent.address}", command = [[
         kill -0 "$(cat ${pid})" 2>/dev/null && echo "two at once" >> ${begun}
         echo $$ > ${pid}; echo begun >> ${begun}; echo ready; trap '' TERM
         [ -e go ] || while :; do sleep 0.1; done ]] } } } }`,
    );
    const killed = startSloth(["run", "--grace", "1s"], { cwd: directory });
    await killed.until(/ready/);
    await expect.poll(() => eventsIn(directory), { timeout: 20_000 }).toContain('"task-output"');
    killed.kill("SIGKILL");
    await killed.ended;
    agent.kill("SIGKILL");
    await agent.ended;
    await startAgent([], { port: agent.port, stateDirectory: agent.stateDirectory });
    writeFileSync(join(directory, "go"), "");

    const { code, stderr } = await sloth(["resume", "--rerun-unknown"], { cwd: directory });
    expect(code, stderr).toBe(0);
    expect(readFileSync(begun, "utf8")).toBe("begun\nbegun\n");
  });

  it("ends at once on Ctrl-C while it looks for an agent, and says what is unknown", TIMED, async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "far", delegate_to = "${agent.address}", on_agent_lost = "wait",
         command = "echo ready; exec sleep 5555555" } } } }`,
    );
    const killed = startSloth(["run"], { cwd: directory });
    await killed.until(/ready/);
    await expect.poll(() => eventsIn(directory), { timeout: 20_000 }).toContain('"task-output"');
    killed.kill("SIGKILL");
    await killed.ended;
    agent.kill("SIGKILL");
    await agent.ended;

    const looking = startSloth(["resume"], { cwd: directory });
    await looking.until(/\] ready/);
    const sinceMs = performance.now();
    looking.kill("SIGINT");
    const { code, stderr, stdout } = await looking.ended;
    expect(code).toBe(130);
    expect(performance.now() - sinceMs).toBeLessThan(8000);
    expect(stdout + stderr).toMatch(/It may run there until its lease ends; whether it finished is unknown/);
  });

  it("brings a run to its end that was killed when all of its tasks had ended", async () => {
    const directory = temporaryDirectory();
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = {
        tasks = { { name = "t", command = "echo done" } },
        on_complete = function() print("completing") exec.run("sleep 300") end,
      } }`,
    );
    const killed = startSloth(["run", "--report", "junit=report.xml", "--grace", "0s"], { cwd: directory });
    await expect.poll(() => eventsIn(directory), { timeout: 20_000 }).toContain("completing");
    killed.kill("SIGKILL");
    await killed.ended;
    const { code, stdout, stderr } = await sloth(["resume"], { cwd: directory });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/1 reused/);
    expect(eventsIn(directory)).toContain('"type":"run-finished"');
    expect(readFileSync(join(directory, "report.xml"), "utf8")).toContain('name="t"');
    expect((await sloth(["resume"], { cwd: directory })).stderr).toMatch(/has ended \(succeeded\)/);
  });

  it("begins when nothing of the run that was killed lives any more", async () => {
    const [directory, elsewhere] = [temporaryDirectory(), temporaryDirectory()];
    const pid = join(elsewhere, "pid");
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "here", command = [[
        # A zombie has no command line.
        if [ -e ${pid} ]; then tr '\\0' ' ' < /proc/$(cat ${pid})/cmdline; exit 0; fi
        trap '' TERM; echo $$ > ${pid}; echo ready; while :; do sleep 0.05; done ]] } } } }`,
    );
    const killed = startSloth(["run", "--grace", "3s"], { cwd: directory });
    await expect.poll(() => eventsIn(directory), { timeout: 20_000 }).toContain('"task-output"');
    killed.kill("SIGKILL");
    await killed.ended;
    const { code, stdout, stderr } = await sloth(["resume", "--rerun-unknown"], { cwd: directory });
    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain("while");
  });

  it("refuses a run that has ended, that lives, that another has taken up, or whose workflow has changed", async () => {
    const directory = temporaryDirectory();
    const write = (first: string) =>
      writeWorkflow(
        directory,
        `TaskDefinitions = { g = { tasks = {
          { name = "a", command = "${first}" }, { name = "b", depends_on = { "a" }, command = "echo ready; exec sleep 3333333" },
        } } }`,
      );
    write("true");
    const resume = (...args: string[]) => sloth(["resume", ...args], { cwd: directory });
    expect(await resume()).toMatchObject({ code: 2, stderr: expect.stringMatching(/No run is recorded/) });
    const killed = startSloth(["run"], { cwd: directory });
    await killed.until(/ready/);
    // What was printed a moment ago may not be recorded yet.
    await expect.poll(() => eventsIn(directory), { timeout: 20_000 }).toContain("ready");
    expect(await resume()).toMatchObject({ code: 2, stderr: expect.stringMatching(/its process lives/) });
    killed.kill("SIGKILL");
    await killed.ended;
    const [run = ""] = runsIn(directory);
    expect(await resume("NOSUCH")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/There is no run/),
    });
    write("true; true");
    expect(await resume()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /has changed since run .*task g\/a succeeded there and is another one now.*Put it back/,
      ),
    });
    write("true");
    expect((await resume()).code).toBe(3);
    expect(await resume(run)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/was taken up by run/),
    });
    expect(await resume()).toMatchObject({ code: 2, stderr: expect.stringMatching(/has ended \(lost\)/) });
    await expect.poll(() => sleepsOf(3333333), { timeout: 20_000 }).toEqual([]);
  });

  const SEEDS = Number(process.env.SLOTH_RESUME_RUNS ?? 2);
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    "after any number of kills ends as if nothing had happened, with seed %d",
    async (seed) => {
      const agent = await startAgent(["--slots", "8"]);
      const [undisturbed, disturbed] = [manyTasks(seed, agent.address), manyTasks(seed, agent.address)];
      const startedMs = performance.now();
      const whole = await sloth(["run", "--output", "quiet"], { cwd: undisturbed.directory });
      expect(whole.code, whole.stderr).toBe(0);
      // On a busy computer all takes longer, and a process that is killed before it has begun brings nothing on.
      const wholeMs = performance.now() - startedMs;

      const random = seededRandom(seed);
      const { directory } = disturbed;
      const listed: string[] = [];
      let ended: { code: number | null; stderr: string } | undefined;
      for (let kills = 0; !ended; kills++) {
        const isRecorded = existsSync(join(directory, ".sloth/runs"));
        // An attempt whose lease has ended would be lost, and run again.
        const args = isRecorded ? ["resume", "--rerun-unknown"] : ["run", "--lease", "10m"];
        const running = startSloth([...args, "--output", "quiet"], { cwd: directory });
        const timer = setTimeout(() => running.kill("SIGKILL"), wholeMs * (0.2 + 0.8 * random()));
        const { code, stderr } = await running.ended;
        clearTimeout(timer);
        listed.push(...(stderr.match(/outcome unknown, and run again: (.*)/)?.[1]?.split(", ") ?? []));
        // It may be killed when it has ended, and has not exited yet.
        const hasEnded = /has ended \(succeeded\)/.test(stderr);
        if (code !== 137 && code !== null) ended = { code: hasEnded ? 0 : code, stderr };
        expect(kills).toBeLessThan(60);
      }
      expect(ended.code, ended.stderr).toBe(0);

      const begun = readFileSync(disturbed.count, "utf8").trim().split("\n");
      expect(new Set(begun).size).toBe(TASKS);
      for (const name of new Set(begun)) {
        const times = begun.filter((other) => other === name).length;
        const unknown = listed.filter((other) => other === `g/${name}`).length;
        // What was on the agent was joined each time; what was here ran again as often as that was said.
        if (isHere(name)) expect(times, name).toBeLessThanOrEqual(1 + unknown);
        else expect([times, unknown], name).toEqual([1, 0]);
      }
      expect(filesIn(directory)).toEqual(filesIn(undisturbed.directory));
      expect(logsIn(directory)).toEqual(logsIn(undisturbed.directory));
      expect(outputsIn(directory)).toEqual(outputsIn(undisturbed.directory));
    },
  );
});

const TASKS = 30;
const isHere = (name: string) => Number(name.slice(1)) % 3 === 2;

/** Of three tasks one is a command on an agent, one a function there, and one a command here; each counts itself. */
function manyTasks(seed: number, address: string): { directory: string; count: string } {
  const random = seededRandom(seed);
  const directory = temporaryDirectory();
  const count = join(temporaryDirectory(), "count");
  const tasks = Array.from({ length: TASKS }, (_, n) => {
    const needs = n > 2 ? [`"t${Math.floor(random() * n)}"`, `"t${Math.floor(random() * n)}"`] : [];
    const common = `name = "t${n}", depends_on = { ${[...new Set(needs)].join(", ")} }`;
    const shell = `command = "echo t${n} >> ${count}; for n in $(seq 10); do echo $n; sleep 0.02; done; echo ${n} > made${n}"`;
    const lua = `command = function(params, deps)
      exec.run("echo t${n} >> ${count}")
      for i = 1, 10 do print(i); exec.run("sleep 0.02") end
      local sum = ${n}
      for _, out in pairs(deps) do if type(out) == "table" then sum = sum + out.sum end end
      fs.write("made${n}", sum .. "\\n")
      return true, "summed up", { sum = sum }
    end`;
    const there = `delegate_to = "${address}"`;
    return `{ ${common}, ${[`${there}, ${shell}`, `${there}, ${lua}`, shell][n % 3]} }`;
  });
  writeWorkflow(directory, `TaskDefinitions = { g = { tasks = { ${tasks.join(",\n")} } } }`);
  return { directory, count };
}

function filesIn(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => name.startsWith("made"));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}

/** What each task printed, in the newest run that has a log of it. */
function logsIn(directory: string): Record<string, string> {
  const logs = runsIn(directory).map((run) => join(directory, ".sloth/runs", run, "logs/g"));
  const newest = (n: number) => logs.map((at) => join(at, `t${n}.log`)).find((at) => existsSync(at)) ?? "";
  return Object.fromEntries(
    Array.from({ length: TASKS }, (_, n) => [`t${n}`, readFileSync(newest(n), "utf8")]),
  );
}

/** How each task ended, and what it gave, as the newest run has it. */
function outputsIn(directory: string): Record<string, unknown> {
  const summary = join(directory, ".sloth/runs", runsIn(directory)[0] ?? "", "summary.json");
  const { tasks } = JSON.parse(readFileSync(summary, "utf8")) as {
    tasks: { task: string; status: string; outputs?: unknown }[];
  };
  return Object.fromEntries(
    tasks.map(({ task, status, outputs }) => [task, { status, outputs }] as const).sort(),
  );
}
