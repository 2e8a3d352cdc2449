import type { Bench } from "../bench.js";
import type { PartResult } from "../report/results.js";
import { summarize } from "../report/statistics.js";
import { startAgents } from "../sloth/agents.js";
import { runSloth, workflowDirectory } from "../sloth/run-sloth.js";
import { chained, independent, type TaskText, workflowText } from "../sloth/workflow.js";

interface Sample {
  shape: string;
  tasks: number;
  elapsedMs: number;
  cpuMs: number;
  peakRssBytes: number;
}

/** Whether a task of a long run costs more than one of a short run; what a run of one task costs is taken off. */
export async function measureGrowth(
  bench: Bench,
  { sizes, rounds, chain, slots }: { sizes: readonly number[]; rounds: number; chain: number; slots: number },
): Promise<PartResult> {
  const agents = await startAgents(bench, 4, ["--slots", String(slots)]);
  const runs: [shape: string, tasks: TaskText[]][] = [
    ["one", independent(1, agents.addresses)],
    ...sizes.map((size): [string, TaskText[]] => [`${size}`, independent(size, agents.addresses)]),
    [`a chain of ${chain}`, chained(independent(chain, agents.addresses))],
  ];
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [shape, tasks] of runs) {
      const directory = workflowDirectory(bench, workflowText(tasks, 'workdir = "empty",'), ["empty"]);
      const { elapsedMs, cpuMs, peakRssBytes } = await runSloth(bench, directory, { env: agents.env });
      samples.push({ shape, tasks: tasks.length, elapsedMs, cpuMs, peakRssBytes });
      bench.say(`  ${shape}: ${(elapsedMs / tasks.length).toFixed(2)} ms a task`);
    }
  }
  await agents.stop();
  return report(samples, sizes);
}

function report(samples: readonly Sample[], sizes: readonly number[]): PartResult {
  const of = (shape: string) => samples.filter((sample) => sample.shape === shape);
  const median = (shape: string, value: (sample: Sample) => number) => summarize(of(shape).map(value)).median;
  const above = (shape: string, value: (sample: Sample) => number) =>
    (median(shape, value) - median("one", value)) / Math.max(1, (of(shape)[0]?.tasks ?? 1) - 1);
  const shapes = [...new Set(samples.map(({ shape }) => shape))].filter((shape) => shape !== "one");
  const rows = shapes.map((shape) => [
    shape,
    above(shape, ({ elapsedMs }) => elapsedMs).toFixed(2),
    above(shape, ({ cpuMs }) => cpuMs).toFixed(2),
    (median(shape, ({ peakRssBytes }) => peakRssBytes) / 1e6).toFixed(0),
    (above(shape, ({ peakRssBytes }) => peakRssBytes) / 1000).toFixed(1),
  ]);
  const perTask = sizes.map((size) => above(`${size}`, ({ elapsedMs }) => elapsedMs));
  const columns = [
    "tasks",
    "ms a task",
    "CPU ms of the master a task",
    "MB of the master at most",
    "kB a task",
  ];
  return {
    key: "scale/growth",
    title: "Scale: growth with the number of tasks, on four agents",
    tables: [{ title: "Beyond what a run of one task costs", columns, rows }],
    notes: [],
    samples: [...samples],
    targets: [
      {
        what: `time a task of ${sizes.at(-1)} ÷ of ${sizes[0]}`,
        value: (perTask.at(-1) ?? Number.NaN) / (perTask[0] ?? Number.NaN),
        unit: "×",
        atMost: 1.2,
      },
    ],
    plots: [
      {
        kind: "lines",
        title: "A task of a run of so many",
        xLabel: "tasks",
        unit: "ms a task",
        lines: [
          { label: "time", points: sizes.map((size, index) => [size, perTask[index] ?? 0]) },
          {
            label: "CPU of the master",
            points: sizes.map((size) => [size, above(`${size}`, ({ cpuMs }) => cpuMs)]),
          },
        ],
      },
    ],
  };
}
