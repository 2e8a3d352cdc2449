import type { Bench } from "../bench.js";
import { rssOf } from "../processes/peak-rss.js";
import type { PartResult } from "../report/results.js";
import { summarize } from "../report/statistics.js";
import { startAgents } from "../sloth/agents.js";
import { runSloth, workflowDirectory } from "../sloth/run-sloth.js";
import { independent, LUA_NO_OP, workflowText } from "../sloth/workflow.js";

const WORKERS = 16;

/** What agents hold while they have nothing to do, how long their start takes, and what a master holds with many of them. */
export async function measureMemory(
  bench: Bench,
  { rounds, manyAgents }: { rounds: number; manyAgents: number },
): Promise<PartResult> {
  const starts: number[] = [];
  const idle: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    const agents = await startAgents(bench, 1);
    starts.push(performance.now() - startedMs);
    idle.push(rssOf(agents.processes[0]?.pid));
    await agents.stop();
  }
  const withWorkers = await rssWithWorkers(bench);
  const many = await masterOfMany(bench, manyAgents);
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  const start = summarize(starts);
  return {
    key: "start-up/memory",
    title: "Start-up and memory: agents",
    tables: [
      {
        title: "Agents",
        columns: ["what", "median", "min–max"],
        rows: [
          [
            "agent, from start to ready, ms",
            start.median.toFixed(0),
            `${start.min.toFixed(0)}–${start.max.toFixed(0)}`,
          ],
          ["idle agent that has run nothing, MB", megabytes(summarize(idle).median), ""],
          [`agent after ${WORKERS} Lua tasks at once, MB`, megabytes(withWorkers), ""],
          [`master with ${manyAgents} agents, MB at most`, megabytes(many), ""],
        ],
      },
    ],
    notes: [],
    samples: [{ starts, idle, withWorkers, many }],
    targets: [
      { what: "an idle agent", value: summarize(idle).median / 1e6, unit: "MB resident", atMost: 90 },
    ],
  };
}

/** Threads for Lua stay; how many is the agent's business. */
async function rssWithWorkers(bench: Bench): Promise<number> {
  const agents = await startAgents(bench, 1, ["--slots", String(WORKERS)]);
  const tasks = independent(WORKERS * 2, agents.addresses).map((task) => ({ ...task, command: LUA_NO_OP }));
  const directory = workflowDirectory(bench, workflowText(tasks, 'workdir = "empty",'), ["empty"]);
  await runSloth(bench, directory, { env: agents.env });
  const bytes = rssOf(agents.processes[0]?.pid);
  await agents.stop();
  return bytes;
}

async function masterOfMany(bench: Bench, count: number): Promise<number> {
  const agents = await startAgents(bench, count, ["--slots", "1"]);
  const tasks = independent(count * 2, agents.addresses);
  const directory = workflowDirectory(bench, workflowText(tasks, 'workdir = "empty",'), ["empty"]);
  const { peakRssBytes } = await runSloth(bench, directory, { env: agents.env });
  await agents.stop();
  return peakRssBytes;
}
