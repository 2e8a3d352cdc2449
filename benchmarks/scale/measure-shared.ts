import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.js";
import type { PartResult } from "../report/results.js";
import { summarize } from "../report/statistics.js";
import { startAgents } from "../sloth/agents.js";
import { runSloth } from "../sloth/run-sloth.js";
import { independent, workflowText } from "../sloth/workflow.js";
import { makeSmallFiles } from "../workspace/trees/small-files.js";

/** Tasks at the same time on one agent, in copies of one workspace. */
export async function measureShared(
  bench: Bench,
  { files, atOnce, rounds }: { files: number; atOnce: readonly number[]; rounds: number },
): Promise<PartResult> {
  const samples: { atOnce: number; round: number; elapsedMs: number; cpuMs: number }[] = [];
  for (const count of atOnce) {
    const agents = await startAgents(bench, 1, ["--slots", String(count)]);
    const directory = bench.freshDirectory("shared");
    mkdirSync(directory);
    await makeSmallFiles(join(directory, "files"), {
      outer: 10,
      inner: 20,
      files: files / 200,
      sizeBytes: 4096,
    });
    writeFileSync(join(directory, "pipeline.lua"), workflowText(independent(count, agents.addresses)));
    for (let round = 0; round <= rounds; round++) {
      const { elapsedMs, cpuMs } = await runSloth(bench, directory, { env: agents.env });
      samples.push({ atOnce: count, round, elapsedMs, cpuMs });
      bench.say(`  ${count} at once, ${round === 0 ? "cold" : "warm"}: ${elapsedMs.toFixed(0)} ms`);
    }
    await agents.stop();
  }
  const of = (count: number, isCold: boolean) =>
    summarize(
      samples
        .filter((sample) => sample.atOnce === count && (sample.round === 0) === isCold)
        .map((s) => s.elapsedMs),
    ).median;
  const rows = atOnce.map((count) => [
    String(count),
    ...[true, false].flatMap((isCold) => [
      of(count, isCold).toFixed(0),
      (of(count, isCold) / count).toFixed(0),
    ]),
  ]);
  const columns = ["tasks at once", "cold ms", "ms a task", "warm ms", "ms a task"];
  return {
    key: "scale/shared",
    title: `Scale: tasks at once on one agent, each in its copy of ${files} files`,
    tables: [
      {
        title: "Whole commands; cold: nothing is there yet, and each task gets a tree of its own",
        columns,
        rows,
      },
    ],
    notes: [],
    samples,
    plots: [
      {
        kind: "lines",
        title: `Tasks at once, ${files} files each`,
        xLabel: "tasks at once",
        unit: "ms a task",
        lines: [
          { label: "cold", points: atOnce.map((count) => [count, of(count, true) / count]) },
          { label: "warm", points: atOnce.map((count) => [count, of(count, false) / count]) },
        ],
      },
    ],
  };
}
