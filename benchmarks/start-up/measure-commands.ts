import type { Bench } from "../bench.js";
import { runNode } from "../processes/run-node.js";
import { compare, note } from "../report/compare.js";
import type { PartResult } from "../report/results.js";
import { summarize } from "../report/statistics.js";
import { rotate } from "../rotate.js";
import { masterBinary, workflowDirectory } from "../sloth/run-sloth.js";
import { independent, workflowText } from "../sloth/workflow.js";

const BARE = "bare node";

/** What commands take that do next to nothing: CPU of the process, and from its start to its exit. */
export async function measureCommands(bench: Bench, rounds: number): Promise<PartResult> {
  const directory = workflowDirectory(bench, workflowText(independent(1)));
  const sloth = masterBinary(bench);
  const commands = {
    "sloth run of one local task": [sloth, "run", "--output", "quiet"],
    "sloth list": [sloth, "list"],
    "sloth --version": [sloth, "--version"],
    [BARE]: ["-e", "0"],
  };
  const [cpu, wall] = [new Map<string, number[]>(), new Map<string, number[]>()];
  for (let round = -1; round < rounds; round++) {
    for (const [name, argv] of rotate(Object.entries(commands), Math.max(round, 0))) {
      const { cpuMs, elapsedMs } = await runNode(bench.repository, { argv, cwd: directory });
      if (round < 0) continue;
      note(cpu, name, cpuMs);
      note(wall, name, elapsedMs);
    }
  }
  // The least is what it takes; a busy machine only adds to that.
  const least = (name: string) => summarize(cpu.get(name) ?? []).min;
  const rows = Object.keys(commands).map((name) => [
    name,
    least(name).toFixed(0),
    summarize(cpu.get(name) ?? []).median.toFixed(0),
    (least(name) - least(BARE)).toFixed(0),
    summarize(wall.get(name) ?? []).median.toFixed(0),
  ]);
  const above = (name: string, atMost: number) => ({
    what: `${name}, above bare node (the least of ${rounds})`,
    value: least(name) - least(BARE),
    unit: "ms of CPU",
    atMost,
  });
  const columns = [
    "command",
    "least CPU ms",
    "median",
    "least above bare node",
    "median ms from start to exit",
  ];
  return {
    key: "start-up/commands",
    title: "Start-up: commands",
    tables: [{ title: "One at a time, in turns", columns, rows }],
    notes: [],
    samples: [{ cpu: Object.fromEntries(cpu), wall: Object.fromEntries(wall) }],
    targets: [above("sloth --version", 30), above("sloth list", 150)],
    plots: [compare("CPU of a command", cpu).plot],
  };
}
