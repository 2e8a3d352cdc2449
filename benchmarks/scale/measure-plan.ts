import { join } from "node:path";
import type { Bench } from "../bench.js";
import { run } from "../processes/run.js";
import { runNode } from "../processes/run-node.js";
import type { PartResult } from "../report/results.js";
import { summarize } from "../report/statistics.js";
import { asWorkflow, randomGraph } from "../scheduling/graph.js";
import { masterBinary, workflowDirectory } from "../sloth/run-sloth.js";

/** CPU time of loading and planning a large graph in a process of its own, and of the commands that do so. */
export async function measurePlan(
  bench: Bench,
  { nodes, rounds }: { nodes: number; rounds: number },
): Promise<PartResult> {
  const directory = workflowDirectory(bench, asWorkflow(randomGraph(nodes), []));
  const file = join(directory, "pipeline.lua");
  const entry = join(bench.repository, "benchmarks/dist/benchmarks/scale/plan-process.js");
  const samples: Record<string, number[]> = {};
  const note = (what: string, cpuMs: number) => {
    samples[what] = [...(samples[what] ?? []), cpuMs];
  };
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await run([process.execPath, entry, file]);
    const { load, plan } = JSON.parse(stdout);
    note("loading it", load);
    note("planning it", plan);
    const commands = {
      "sloth validate": ["validate"],
      "sloth run --dry-run": ["run", "--dry-run", "--output", "json"],
    };
    for (const [command, words] of Object.entries(commands)) {
      const argv = [masterBinary(bench), ...words, "-f", file];
      note(command, (await runNode(bench.repository, { argv })).cpuMs);
    }
  }
  const median = (what: string) => summarize(samples[what] ?? []).median;
  const rows = Object.keys(samples).map((what) => [what, median(what).toFixed(0)]);
  return {
    key: "scale/plan",
    title: `Scale: a graph of ${nodes} tasks`,
    tables: [{ title: "Planned", columns: ["what", "CPU ms"], rows }],
    notes: [],
    samples: [samples],
    targets: [
      {
        what: `planning ${nodes} tasks`,
        value: median("planning it") / 1000,
        unit: "s of CPU",
        atMost: 1,
      },
    ],
  };
}
