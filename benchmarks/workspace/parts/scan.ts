import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { captureChanges, type Snapshot, takeSnapshot } from "@sloth/workspace";
import { hasProgram } from "../../processes/debian-packages.js";
import { run } from "../../processes/run.js";
import type { PartResult } from "../../report/results.js";
import { summarize } from "../../report/statistics.js";
import { milliseconds, ratio, spread } from "../../report/table.js";
import { copyTree, type Tree } from "../trees/tree.js";
import type { WorkspaceBench } from "../workspace-bench.js";
import { untilTimesAreTrusted } from "./settle.js";

const WARM_UPS = 3;
const LEAST_RUNS = 10;

type Scan = "C, fstatat" | "again, by identity" | "first, every file read";

interface Sample {
  scan: Scan;
  elapsedMs: number;
}

/** The scan alone, in this process, with its code and the page cache warm; against the least that it could cost. */
export async function measureScan(bench: WorkspaceBench, tree: Tree): Promise<PartResult> {
  const directory = bench.freshDirectory("scan");
  await copyTree(tree.directory, directory);
  await untilTimesAreTrusted();
  const floor = await compileFloor(bench);
  const base = await takeSnapshot(directory);
  for (let i = 0; i < WARM_UPS; i++) await captureChanges(base);
  const samples: Sample[] = [];
  const runs = Math.max(bench.options.runs, LEAST_RUNS);
  for (let round = 0; round < runs; round++) samples.push(...(await measureRound(directory, base, floor)));
  return report(tree, base, samples, floor === undefined);
}

async function compileFloor(bench: WorkspaceBench): Promise<string | undefined> {
  if (!hasProgram("gcc")) return undefined;
  const program = bench.freshDirectory("scan-floor");
  await run(["gcc", "-O2", "-o", program, join(bench.repository, "benchmarks/workspace/scan-floor.c")]);
  return program;
}

async function measureRound(directory: string, base: Snapshot, floor: string | undefined): Promise<Sample[]> {
  const samples: Sample[] = [
    { scan: "again, by identity", elapsedMs: await timed(() => captureChanges(base)) },
    { scan: "first, every file read", elapsedMs: await timed(() => takeSnapshot(directory)) },
  ];
  if (floor === undefined) return samples;
  const { stdout } = await run([floor, directory]);
  return [...samples, { scan: "C, fstatat", elapsedMs: Number(stdout.split(" ")[1]) / 1e6 }];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function report(tree: Tree, base: Snapshot, samples: Sample[], isFloorMissing: boolean): PartResult {
  const scans = [...new Set(samples.map(({ scan }) => scan))];
  const of = (which: Scan) =>
    summarize(samples.filter(({ scan }) => scan === which).map(({ elapsedMs }) => elapsedMs));
  const floorMs = of("C, fstatat").median;
  const rows = scans.map((scan) => {
    const summary = of(scan);
    return [
      scan,
      milliseconds(summary.median),
      spread(summary),
      String(summary.runs),
      ratio(summary.median, floorMs),
    ];
  });
  const columns = ["scan", "median ms", "min–max", "runs", "÷ C"];
  return {
    key: `scan/${tree.name}`,
    title: `Scan: ${tree.name}`,
    tables: [{ title: `${base.manifest.entries.length} entries`, columns, rows }],
    notes: isFloorMissing ? ["There is no gcc: the floor is missing."] : [],
    samples,
  };
}
