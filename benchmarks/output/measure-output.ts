import { join } from "node:path";
import type { Bench } from "../bench.js";
import { peakRssOf } from "../processes/peak-rss.js";
import { run } from "../processes/run.js";
import { runNode } from "../processes/run-node.js";
import type { PartResult } from "../report/results.js";
import { summarize } from "../report/statistics.js";
import { startAgents } from "../sloth/agents.js";
import { masterBinary, workflowDirectory } from "../sloth/run-sloth.js";
import { workflowText } from "../sloth/workflow.js";

interface Sample {
  to: string;
  megabytesPerSecond: number;
  /** Of processors. */
  masterCpuMs: number;
  masterPeakBytes: number;
  agentPeakBytes: number;
}

/** What a delegated task prints: how fast it comes to where it is to be, less what a task takes that prints nothing. */
export async function measureOutput(
  bench: Bench,
  { bytes, rounds }: { bytes: number; rounds: number },
): Promise<PartResult> {
  const samples: Sample[] = [];
  const ends = { "the log": ["--output", "quiet"], "a pipe": ["--output", "plain"] };
  for (let round = 0; round < rounds; round++) {
    for (const [to, words] of Object.entries(ends)) {
      samples.push(await measureOnce(bench, { to, words, bytes }));
      bench.say(`  to ${to}: ${samples.at(-1)?.megabytesPerSecond.toFixed(0)} MB/s`);
    }
  }
  const floor = await pipeFloor(bytes);
  return report(samples, { bytes, floor });
}

/** A fresh agent each time, since the most that it had is what counts. */
async function measureOnce(
  bench: Bench,
  { to, words, bytes }: { to: string; words: string[]; bytes: number },
): Promise<Sample> {
  const agents = await startAgents(bench, 1);
  const line = "a line of output as a build has it, with a path /usr/include/x86_64-linux-gnu/bits/types.h";
  const prints = (count: number) =>
    workflowText([{ name: "t", command: `"yes '${line}' | head -c ${count}"`, agent: agents.addresses[0] }]);
  const took = async (count: number) => {
    const directory = workflowDirectory(bench, prints(count));
    const argv = [masterBinary(bench), "run", "-f", join(directory, "pipeline.lua"), ...words];
    return await runNode(bench.repository, { argv, cwd: directory, env: agents.env });
  };
  try {
    const nothing = await took(0);
    const all = await took(bytes);
    return {
      to,
      megabytesPerSecond: bytes / 1000 / (all.elapsedMs - nothing.elapsedMs),
      masterCpuMs: all.cpuMs - nothing.cpuMs,
      masterPeakBytes: all.peakRssBytes,
      agentPeakBytes: peakRssOf(agents.processes[0]?.pid),
    };
  } finally {
    await agents.stop();
  }
}

/** What the same bytes take from one process to another without any of ours. */
async function pipeFloor(bytes: number): Promise<number> {
  const { elapsedMs } = await run([
    "sh",
    "-c",
    `yes 'a line of output as a build has it' | head -c ${bytes} | cat > /dev/null`,
  ]);
  return bytes / 1000 / elapsedMs;
}

function report(samples: readonly Sample[], { bytes, floor }: { bytes: number; floor: number }): PartResult {
  const ends = [...new Set(samples.map(({ to }) => to))];
  const of = (to: string, value: (sample: Sample) => number) =>
    summarize(samples.filter((sample) => sample.to === to).map(value));
  const megabytes = (to: string, value: (sample: Sample) => number) => of(to, value).max / 1e6;
  const rows = ends.map((to) => [
    `to ${to}`,
    of(to, ({ megabytesPerSecond }) => megabytesPerSecond).median.toFixed(0),
    ((of(to, ({ masterCpuMs }) => masterCpuMs).median / bytes) * 1e6).toFixed(2),
    megabytes(to, ({ masterPeakBytes }) => masterPeakBytes).toFixed(0),
    megabytes(to, ({ agentPeakBytes }) => agentPeakBytes).toFixed(0),
  ]);
  return {
    key: "output/bytes",
    title: `Output: ${Math.round(bytes / 1e6)} MB from a delegated task`,
    tables: [
      {
        title: "Lines of 92 bytes",
        columns: [
          "where",
          "MB/s",
          "CPU ms of the master a MB",
          "MB of the master at most",
          "MB of the agent at most",
        ],
        rows: [...rows, ["yes | head | cat", floor.toFixed(0), "", "", ""]],
      },
    ],
    notes: [],
    samples: [...samples],
    targets: ends.flatMap((to) => [
      {
        what: `output of a delegated task to ${to}`,
        value: of(to, ({ megabytesPerSecond }) => megabytesPerSecond).median,
        unit: "MB/s",
        atLeast: 100,
      },
      {
        what: `the larger of master and agent meanwhile, to ${to}`,
        value: Math.max(
          megabytes(to, ({ masterPeakBytes }) => masterPeakBytes),
          megabytes(to, ({ agentPeakBytes }) => agentPeakBytes),
        ),
        unit: "MB",
        atMost: 150,
      },
    ]),
  };
}
