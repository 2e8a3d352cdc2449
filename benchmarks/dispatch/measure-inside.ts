import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.js";
import { run } from "../processes/run.js";
import { percentile } from "../report/percentile.js";
import type { PartResult } from "../report/results.js";
import { milliseconds } from "../report/table.js";
import type { Target } from "../report/target.js";
import { startAgents } from "../sloth/agents.js";
import type { InsideTimes } from "./inside-master.js";

/** From the moment a task is ready until it has finished, in a master with a warm agent and an empty workspace. */
export async function measureInside(bench: Bench, rounds: number): Promise<PartResult> {
  const agents = await startAgents(bench, 1);
  const directory = bench.freshDirectory("inside");
  mkdirSync(join(directory, "empty"), { recursive: true });
  const entry = join(bench.repository, "benchmarks/dist/benchmarks/dispatch/inside-master.js");
  const argv = [
    process.execPath,
    entry,
    bench.repository,
    directory,
    agents.addresses[0] ?? "",
    String(rounds),
  ];
  const { stdout } = await run({ argv, env: agents.env }, { keptOutputChars: Number.POSITIVE_INFINITY });
  await agents.stop();
  const times: InsideTimes = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  return report(times);
}

function report(times: InsideTimes): PartResult {
  const rows = Object.entries(times).map(([name, values]) => {
    const above = percentile(values, 0.5) - percentile(times["bare spawn"], 0.5);
    return [
      name === "bare spawn" ? name : `sloth, ${name === "local shell" ? name : `delegated ${name}`}`,
      ...[0.1, 0.5, 0.99].map((share) => milliseconds(percentile(values, share))),
      String(values.length),
      name === "bare spawn" ? "" : above.toFixed(1),
    ];
  });
  const bars = Object.entries(times).map(([label, values]) => ({
    label: label === "bare spawn" ? label : `sloth, ${label}`,
    median: percentile(values, 0.5),
    min: percentile(values, 0.1),
    max: percentile(values, 0.9),
    isOurs: label !== "bare spawn",
  }));
  const columns = ["a no-op", "p10 ms", "p50 ms", "p99 ms", "runs", "p50 above a bare spawn"];
  const above = (kind: keyof InsideTimes): Target => ({
    what: `a delegated ${kind} no-op inside the master, above a bare spawn (p50)`,
    value: percentile(times[kind], 0.5) - percentile(times["bare spawn"], 0.5),
    unit: "ms",
    atMost: 5,
  });
  return {
    key: "dispatch/inside",
    title: "Dispatch: inside the master, from ready to finished",
    tables: [{ title: "One after the other, in turns, in one process", columns, rows }],
    notes: [],
    samples: [times],
    targets: [above("shell")],
    plots: [{ kind: "bars", title: "A no-op, p50 with p10 and p90", unit: "ms", bars }],
  };
}
