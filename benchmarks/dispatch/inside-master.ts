/**
 * The entry of a master of our own: `node inside-master.js REPOSITORY DIRECTORY ADDRESS ROUNDS`. One chain of tasks, each
 * kind in turn, through the planner, the scheduler, the record and the connection of the command line; after each, what it
 * is compared with: the same shell, started by this process itself. The last line of its output has all times.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { chained, LUA_NO_OP, SHELL_NO_OP, type TaskText, workflowText } from "../sloth/workflow.js";

/** By what was done: how long each took, in order, in milliseconds. */
export type InsideTimes = Record<"bare spawn" | "local shell" | "shell" | "Lua", number[]>;

const [repository = "", directory = "", address = "", rounds = "0"] = process.argv.slice(2);
/** Until code is compiled, connections stand, and the agent's threads run. */
const WARM_UP_ROUNDS = 20;

const kinds: Record<string, Omit<TaskText, "name">> = {
  "local shell": { command: SHELL_NO_OP },
  shell: { command: SHELL_NO_OP, agent: address },
  Lua: { command: LUA_NO_OP, agent: address },
};

/** Modules of the master that its package does not offer. */
function ofMaster<T>(module: string): Promise<T> {
  return import(join(repository, "packages/master/dist", module)) as Promise<T>;
}

const times: InsideTimes = { "bare spawn": [], "local shell": [], shell: [], Lua: [] };
await measure();
process.stdout.write(`\n${JSON.stringify(times)}\n`);

async function measure(): Promise<void> {
  const [{ loadWorkflow }, { emptyInventory, openArtifactStore, planRun, runWorkflow }] = await Promise.all([
    import("@sloth/dsl"),
    import("@sloth/master"),
  ]);
  const { openTaskRunners } =
    await ofMaster<typeof import("../../packages/master/dist/cli/run/task-runners.js")>(
      "cli/run/task-runners.js",
    );
  const { recordRun } =
    await ofMaster<typeof import("../../packages/master/dist/run-store/record-run.js")>(
      "run-store/record-run.js",
    );
  const { eventStream } =
    await ofMaster<typeof import("../../packages/master/dist/events/event-stream.js")>(
      "events/event-stream.js",
    );
  const inventory = emptyInventory;
  writeFileSync(join(directory, "pipeline.lua"), workflowText(tasks(), 'workdir = "empty",'));
  const plan = await planRun(await loadWorkflow(join(directory, "pipeline.lua")), { inventory });
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  const recorder = recordRun({ ...plan, warn });
  const recorded = () => recorder.recorded();
  const runners = await openTaskRunners(plan, { inventory, trust: {}, warn, recorded });
  const emit = eventStream([
    recorder.listen,
    async (event) => {
      if (event.type !== "task-finished") return;
      if (event.result.status !== "succeeded") throw new Error(`${event.task.name}: ${event.result.message}`);
      await note(event.task.name, event.durationMs);
    },
    runners.listen,
  ]);
  const artifacts = openArtifactStore(async () => directory);
  const { signal } = new AbortController();
  await runWorkflow(plan, { ...runners, artifacts, emit, signal, jobs: 1, keepGoing: false });
  await runners.close();
  await recorder.close();
}

function tasks(): TaskText[] {
  const all = Array.from({ length: WARM_UP_ROUNDS + Number(rounds) }, (_, round) =>
    Object.entries(kinds).map(([kind, task]) => ({ ...task, name: `${kind} ${round}` })),
  );
  return chained(all.flat());
}

async function note(name: string, durationMs: number): Promise<void> {
  const [, kind = "", round] = name.match(/^(.*) (\d+)$/) ?? [];
  const spawnMs = await bareSpawn();
  if (Number(round) < WARM_UP_ROUNDS) return;
  times[kind as keyof InsideTimes].push(durationMs);
  times["bare spawn"].push(spawnMs);
}

/** As a runner without any of ours would: until the process has ended and its output is read. */
function bareSpawn(): Promise<number> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", "true"], { stdio: ["ignore", "pipe", "pipe"], detached: true });
    child.stdout.resume();
    child.stderr.resume();
    child.on("error", reject);
    child.on("close", () => resolve(performance.now() - startedMs));
  });
}
