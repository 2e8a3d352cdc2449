import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeTree } from "../../bench.js";
import { peakRssOf } from "../../processes/peak-rss.js";
import { run } from "../../processes/run.js";
import type { PartResult } from "../../report/results.js";
import { mebibytes } from "../../report/table.js";
import type { MemoryCase } from "../command-line.js";
import { slothContender } from "../contenders/sloth.js";
import { makeLargeFile } from "../trees/large-file.js";
import type { WorkspaceBench } from "../workspace-bench.js";

const MIB = 1024 * 1024;
const PATHS = 200_000;
const FILES_PER_DIRECTORY = 100;

interface MeasuredCase {
  make: (directory: string) => Promise<void>;
  task: string;
  paths?: number;
}

// A task that changes the large file makes it travel both ways.
const append = "echo x >> big";
const oneFile = (sizeBytes: number): MeasuredCase => ({
  make: (directory) => makeLargeFile(join(directory, "big"), sizeBytes),
  task: append,
});

const cases: Record<MemoryCase | "nothing", MeasuredCase> = {
  nothing: oneFile(1024),
  "100MiB": oneFile(100 * MIB),
  "1GiB": oneFile(1024 * MIB),
  "5GiB": oneFile(5 * 1024 * MIB),
  "200k": { make: makeManyFiles, task: "true", paths: PATHS + PATHS / FILES_PER_DIRECTORY },
};

interface Sample {
  case: MemoryCase | "nothing";
  masterBytes: number;
  agentBytes: number;
}

/** Highest resident set size (VmHWM) of a fresh master and a fresh agent, once for each case. */
export async function measureMemory(bench: WorkspaceBench): Promise<PartResult> {
  const samples: Sample[] = [];
  const notes = [];
  for (const name of ["nothing", ...bench.options.memoryCases] as const) {
    bench.say(`memory: ${name}`);
    try {
      samples.push(await measureCase(bench, name));
    } catch (error) {
      notes.push(`${name} failed: ${error instanceof Error ? error.message.replaceAll("\n", " ") : error}`);
    }
  }
  const columns = ["case", "master MiB", "agent MiB", "master bytes a path", "agent bytes a path"];
  const rows = samples.map((sample) => rowOf(sample, samples[0]));
  return { key: "memory", title: "Memory", tables: [{ title: "Peak RSS", columns, rows }], notes, samples };
}

async function measureCase(bench: WorkspaceBench, name: MemoryCase | "nothing"): Promise<Sample> {
  const { make, task, paths } = cases[name];
  const source = bench.freshDirectory("memory-source");
  const far = bench.freshDirectory("memory-far");
  mkdirSync(source);
  await make(source);
  const pairing = await slothContender(bench.repository).pair({ source, far, tasks: [task] });
  bench.atEnd(() => pairing.close());
  try {
    const { peakRssBytes } = await run(pairing.command(task), { watchMemory: true });
    return { case: name, masterBytes: peakRssBytes, agentBytes: peakRssOf(pairing.farPid) };
  } finally {
    await pairing.close();
    // Large files leave at once; many files do at the end, with everything else.
    if (paths === undefined) for (const directory of [source, far]) await removeTree(directory);
  }
}

function rowOf(sample: Sample, nothing: Sample | undefined): string[] {
  const { paths } = cases[sample.case];
  const perPath = (bytes: number, baseBytes: number | undefined) =>
    paths === undefined || baseBytes === undefined ? "" : ((bytes - baseBytes) / paths).toFixed(0);
  return [
    sample.case,
    mebibytes(sample.masterBytes),
    mebibytes(sample.agentBytes),
    perPath(sample.masterBytes, nothing?.masterBytes),
    perPath(sample.agentBytes, nothing?.agentBytes),
  ];
}

/** 200,000 files with names as long as they are in a source tree. */
async function makeManyFiles(directory: string): Promise<void> {
  for (let i = 0; i < PATHS / FILES_PER_DIRECTORY; i++) {
    const folder = join(directory, `packages/group-${i % 40}/module-${i}/src`);
    mkdirSync(folder, { recursive: true });
    for (let j = 0; j < FILES_PER_DIRECTORY; j++)
      writeFileSync(join(folder, `source-file-${j}.ts`), `export const value = "${i}/${j}";\n`);
  }
}
