import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, run } from "../processes/run.js";
import { asMakefile, asWorkflow, type Graph } from "./graph.js";

export interface Measured {
  elapsedMs: number;
  /** Of sloth's master alone. */
  cpuMs?: number;
  peakRssBytes?: number;
}

export interface Contender {
  name: string;
  /** What it leaves out of the work. */
  without?: string;
  run(graph: Graph): Promise<Measured>;
}

export interface Place {
  repository: string;
  workDirectory: string;
  jobs: number;
}

/** Those that are on this machine. */
export function contenders(place: Place, agents: readonly string[]): Contender[] {
  const { jobs } = place;
  const list = (graph: Graph) => graph.map((_, index) => index).join("\n");
  const command = (name: string, argv: string[]): Contender => ({
    name,
    without: "dependencies",
    run: (graph) => inDirectory(place, { "list.txt": list(graph) }, () => argv),
  });
  const all: Contender[] = [
    { name: "sloth", run: (graph) => runSloth(place, graph, agents) },
    {
      name: `make -j${jobs}`,
      run: (graph) => inDirectory(place, { Makefile: asMakefile(graph) }, () => ["make", `-j${jobs}`]),
    },
    command(`xargs -P${jobs}`, ["xargs", "-a", "list.txt", "-n1", `-P${jobs}`, "bash", "-c", "true"]),
    command(`parallel -j${jobs}`, ["parallel", "-a", "list.txt", `-j${jobs}`, "true {}"]),
  ];
  return all.filter(({ name }) => name === "sloth" || isHere(name.split(" ")[0] ?? ""));
}

function isHere(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
}

async function runSloth(place: Place, graph: Graph, agents: readonly string[]): Promise<Measured> {
  const { repository, jobs } = place;
  const workflow = asWorkflow(graph, agents);
  let measured: Measured = { elapsedMs: 0 };
  const { elapsedMs } = await inDirectory(
    place,
    { "pipeline.lua": workflow },
    () => [
      process.execPath,
      "--import",
      join(repository, "e2e/load/measure.mjs"),
      join(repository, "packages/master/bin/sloth-master.cjs"),
      ...["run", "-f", "pipeline.lua", "-j", String(jobs), "--output", "quiet"],
    ],
    (directory) => {
      measured = JSON.parse(readFileSync(join(directory, "measured.json"), "utf8"));
    },
  );
  const { cpuMs, peakRssBytes } = measured;
  return { elapsedMs, ...(cpuMs !== undefined && { cpuMs }), ...(peakRssBytes && { peakRssBytes }) };
}

async function inDirectory(
  { workDirectory }: Place,
  files: Record<string, string>,
  argv: () => string[],
  look: (directory: string) => void = () => {},
): Promise<Measured> {
  const directory = mkdtempSync(join(workDirectory, "run-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const env = { SLOTH_MEASURE: join(directory, "measured.json") };
    const command: Command = { argv: argv(), cwd: directory, env };
    const { elapsedMs } = await run(command);
    look(directory);
    return { elapsedMs };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
