import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { processesWith, uniqueSleep } from "../../contract/living-processes.js";
import { type Running, startSloth } from "../../support/processes.js";
import { seededRandom } from "../../support/random.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";
import { writeInventory, writeWorkflow } from "../../support/workflow-file.js";
import { FaultyAgent } from "./fleet.js";
import { randomFaults } from "./random-faults.js";
import { type RecordedTask, readRecordedTasks } from "./recorded-tasks.js";

const TASKS = Number(process.env.SLOTH_SOAK_TASKS ?? 40);
const SEED = Number(process.env.SLOTH_SOAK_SEED ?? 1);
const IS_LONG = TASKS > 100;
const AGENTS = 3;
const SLOTS = 2;
const EVERY_MS = IS_LONG ? 5_000 : 2_500;
const LONGEST_MS = IS_LONG ? 15_000 : 2_500;
const NUMBERS = 200;
const WHOLE = Array.from({ length: NUMBERS }, (_, index) => `${index + 1}\n`).join("");
/** Threads that an agent starts when it first needs them, each with 14; and what connections come and go. */
const SPARE_DESCRIPTORS = 48;

function workflow(counts: string, mark: string): string {
  return `
    local tasks = {}
    for n = 1, ${TASKS} do
      tasks[n] = {
        name = "t" .. n, delegate_to = { any = { "a1", "a2", "a3" } }, on_agent_lost = "retry",
        command = "echo 1 >> ${counts}/t" .. n .. "; sleep ${mark} & seq 100; sleep 0.1; seq 101 ${NUMBERS}; echo " .. n .. " > made-" .. n,
      }
    end
    TaskDefinitions = { g = { tasks = tasks } }`;
}

function descriptorsOf({ pid }: Running): number {
  return existsSync(`/proc/${pid}/fd`) ? readdirSync(`/proc/${pid}/fd`).length : 0;
}

function problemsOf(name: string, task: RecordedTask | undefined, starts: number): string[] {
  if (!task) return [`${name}: nothing is recorded`];
  const { outputs, status, message = "" } = task;
  const problems = outputs
    .filter((output) => !WHOLE.startsWith(output))
    .map((output) => `damaged output: ${output.slice(-200)}`);
  if (starts > outputs.length) problems.push(`it began ${starts} times in ${outputs.length} attempts`);
  if (status === "succeeded") {
    if (outputs.at(-1) !== WHOLE) problems.push("it succeeded with output missing");
    if (starts === 0) problems.push("it succeeded and never began");
  } else if (
    status !== "lost" ||
    !/unknown|had not started|changes are lost|No agent answers|ended the connection/.test(message)
  )
    problems.push(`${status}: ${message}`);
  return problems.map((problem) => `${name}: ${problem}`);
}

describe("many short tasks while agents and lines fail", () => {
  it("all end as they should, with all their output, and leave nothing anywhere", async () => {
    const [home, directory, counts, temporary] = [0, 1, 2, 3].map(temporaryDirectory) as [
      string,
      string,
      string,
      string,
    ];
    const agents = Array.from(
      { length: AGENTS },
      (_, index) => new FaultyAgent(join(home, `${index}`), SLOTS),
    );
    onTestFinished(async () => {
      for (const agent of agents) await agent.close();
    });
    for (const agent of agents) await agent.start();
    const [a1, a2, a3] = agents.map(({ address }) => address);
    writeInventory(directory, { a1: `${a1}`, a2: `${a2}`, a3: `${a3}` });
    const mark = uniqueSleep();
    writeWorkflow(directory, workflow(counts, mark));
    const before = agents.map(({ running }) => descriptorsOf(running));

    const args = ["run", "--keep-going", "--lease", "4s", "--grace", "300ms", "--output", "quiet"];
    const master = startSloth(args, { cwd: directory, env: { TMPDIR: temporary } });
    const descriptors: number[] = [];
    const sampling = setInterval(() => descriptors.push(descriptorsOf(master)), 500);
    const over = new AbortController();
    const faults = randomFaults({
      agents,
      random: seededRandom(SEED),
      everyMs: EVERY_MS,
      longestMs: LONGEST_MS,
      signal: over.signal,
    });
    const { code, stderr, peakRssBytes } = await master.ended;
    clearInterval(sampling);
    over.abort();
    const inflicted = await faults;

    const tasks = await readRecordedTasks(directory);
    const names = Array.from({ length: TASKS }, (_, index) => `t${index + 1}`);
    const startsOf = (name: string) =>
      existsSync(join(counts, name)) ? readFileSync(join(counts, name), "utf8").length / 2 : 0;
    expect(
      names.flatMap((name) => problemsOf(name, tasks.get(name), startsOf(name))),
      stderr,
    ).toEqual([]);
    const succeeded = names.filter((name) => tasks.get(name)?.status === "succeeded");
    expect(code, stderr).toBe(succeeded.length === TASKS ? 0 : 3);
    const made = readdirSync(directory).filter((name) => name.startsWith("made-"));
    expect(made.sort()).toEqual(succeeded.map((name) => name.replace("t", "made-")).sort());
    for (const name of made) expect(readFileSync(join(directory, name), "utf8")).toBe(`${name.slice(5)}\n`);

    const left = () => [
      ...processesWith(mark),
      ...agents.flatMap((agent) => agent.leftovers()),
      ...readdirSync(temporary),
    ];
    await expect.poll(left, { timeout: 30_000 }).toEqual([]);
    for (const place of ["staging", "journal"])
      expect(readdirSync(join(directory, ".sloth", place))).toEqual([]);
    const more = () => agents.map(({ running }, index) => descriptorsOf(running) - (before[index] ?? 0));
    await expect.poll(() => Math.max(...more()), { timeout: 30_000 }).toBeLessThanOrEqual(SPARE_DESCRIPTORS);
    const half = Math.floor(descriptors.length / 2);
    expect(Math.max(...descriptors.slice(half))).toBeLessThanOrEqual(
      Math.max(...descriptors.slice(0, half)) + SPARE_DESCRIPTORS,
    );

    const retries = names.reduce((sum, name) => sum + (tasks.get(name)?.outputs.length ?? 1) - 1, 0);
    const told = [...inflicted].map(([name, count]) => `${count} × ${name}`).join(", ");
    process.stdout.write(
      `\nsoak, seed ${SEED}: ${succeeded.length} of ${TASKS} tasks succeeded, ${retries} tried again, ` +
        `after ${told}; descriptors of the master at most ${Math.max(...descriptors)}, at the end ${descriptors.at(-1)}, ` +
        `more of the agents: ${more()}; memory of the master at most ${Math.round(peakRssBytes / 2 ** 20)} MiB\n`,
    );
  });
});
