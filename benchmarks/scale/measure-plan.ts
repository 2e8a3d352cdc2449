import { join } from "node:path";
import type { Bench } from "../bench.js";
import { runNode } from "../processes/run-node.js";
import type { PartResult } from "../report/results.js";
import { summarize } from "../report/statistics.js";
import { asWorkflow, randomGraph } from "../scheduling/graph.js";
import { masterBinary, workflowDirectory } from "../sloth/run-sloth.js";

/** What planning a large graph takes: what `list` takes for it, and what `run --dry-run` does beyond that. */
export async function measurePlan(
  bench: Bench,
  { nodes, rounds }: { nodes: number; rounds: number },
): Promise<PartResult> {
  const directory = workflowDirectory(bench, asWorkflow(randomGraph(nodes), []));
  const file = join(directory, "pipeline.lua");
  const commands = { validate: ["validate", "-f", file], "run --dry-run": ["run", "-f", file, "--dry-run", "--output", "json"] };
  const samples: { command: string; cpuMs: number; elapsedMs: number; peakRssBytes: number }[] = [];
  for (let round = 0; round < rounds; round++)
    for (const [command, words] of Object.entries(commands)) {
      const ran = await runNode(bench.repository, { argv: [masterBinary(bench), ...words] });
      const { cpuMs, elapsedMs, peakRssBytes } = ran;
      samples.push({ command, cpuMs, elapsedMs, peakRssBytes });
    }
  const cpuOf = (command: string) =>
    summarize(samples.filter((sample) => sample.command === command).map(({ cpuMs }) => cpuMs)).median;
  const rows = Object.keys(commands).map((command) => {
    const own = samples.filter((sample) => sample.command === command);
    const wall = summarize(own.map(({ elapsedMs }) => elapsedMs)).median;
    const peak = Math.max(...own.map(({ peakRssBytes }) => peakRssBytes));
    return [command, cpuOf(command).toFixed(0), wall.toFixed(0), (peak / 1e6).toFixed(0)];
  });
  return {
    key: "scale/plan",
    title: `Scale: a graph of ${nodes} tasks`,
    tables: [{ title: "Whole commands", columns: ["command", "CPU ms", "ms", "MB at most"], rows }],
    notes: ["validate loads the workflow, which planning needs as well; the difference is planning, and printing the plan."],
    samples,
    targets: [
      {
        what: `planning ${nodes} tasks, beyond loading them`,
        value: (cpuOf("run --dry-run") - cpuOf("validate")) / 1000,
        unit: "s of CPU",
        atMost: 1,
      },
    ],
  };
}
