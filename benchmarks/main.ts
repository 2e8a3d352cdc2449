import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, openBench } from "./bench.js";
import { HELP, type Options, PARTS, type PartName, readOptions, UsageError } from "./command-line.js";
import { measureCommands } from "./dispatch/measure-commands.js";
import { measureInside } from "./dispatch/measure-inside.js";
import { measureOutput } from "./output/measure-output.js";
import { describeMachine } from "./report/machine.js";
import { renderPage } from "./report/page/page.js";
import { writeTargets } from "./report/readme.js";
import { type PartResult, renderResult, type StampedResult, stamp, writeResults } from "./report/results.js";
import { renderTable } from "./report/table.js";
import { targetsTable } from "./report/target.js";
import { measureGrowth } from "./scale/measure-growth.js";
import { measureMany } from "./scale/measure-many.js";
import { measurePlan } from "./scale/measure-plan.js";
import { measureShared } from "./scale/measure-shared.js";
import { measureCommands as measureStarts } from "./start-up/measure-commands.js";
import { measureMemory } from "./start-up/measure-memory.js";
import { workspaceMeasurements } from "./workspace/measurements.js";

const COMMAND = "npm run benchmark -- --write";

type Measurement = () => Promise<PartResult>;

/** Exit codes: 0 measured, 1 something failed, 2 wrong usage, 130 interrupted. */
export async function main(args: string[], repository: string): Promise<number> {
  try {
    const options = readOptions(args);
    if (options !== "help") return await measure(repository, options);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
}

async function measure(repository: string, options: Options): Promise<number> {
  const bench = openBench(repository, options);
  const interrupted = () => void bench.close().then(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  const failures: string[] = [];
  let all: StampedResult[] = [];
  try {
    for (const part of PARTS.filter((name) => options.parts.includes(name)))
      for (const [name, measurement] of Object.entries(measurementsOf(bench, options)[part]))
        all = (await publish(bench, `${part}: ${name}`, measurement, { options, failures })) ?? all;
  } finally {
    bench.say("Cleaning up…");
    await bench.close();
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
  summarise(all, failures);
  return failures.length === 0 ? 0 : 1;
}

function measurementsOf(
  bench: Bench,
  { isQuick, tasks }: Options,
): Record<PartName, Record<string, Measurement>> {
  return {
    dispatch: {
      "inside the master": () => measureInside(bench, isQuick ? 60 : 200),
      "whole commands": () => measureCommands(bench, isQuick ? 7 : 15),
    },
    scale: {
      "many tasks": () =>
        measureMany(bench, { tasks, rounds: isQuick ? 1 : 3, agentCounts: [1, 4, 16], slots: 4 }),
      growth: () => {
        const sizes = [100, 1000, 10_000].filter((size) => size <= tasks);
        return measureGrowth(bench, {
          sizes,
          rounds: isQuick ? 1 : 3,
          chain: Math.min(1000, tasks / 4),
          slots: 4,
        });
      },
      plan: () => measurePlan(bench, { nodes: 50_000, rounds: isQuick ? 2 : 5 }),
      "shared workspace": () =>
        measureShared(bench, {
          files: isQuick ? 2000 : 20_000,
          atOnce: isQuick ? [1, 16] : [1, 16, 64],
          rounds: isQuick ? 1 : 3,
        }),
    },
    output: {
      "bytes a second": () => measureOutput(bench, { bytes: isQuick ? 2e8 : 1e9, rounds: isQuick ? 1 : 3 }),
    },
    "start-up": {
      commands: () => measureStarts(bench, isQuick ? 7 : 20),
      memory: () => measureMemory(bench, { rounds: isQuick ? 3 : 7, manyAgents: isQuick ? 10 : 50 }),
    },
    workspace: workspaceMeasurements(bench, { isQuick }),
  };
}

/** After each measurement, so that what was measured survives when a later one fails. */
async function publish(
  bench: Bench,
  name: string,
  measurement: Measurement,
  { options, failures }: { options: Options; failures: string[] },
): Promise<StampedResult[] | undefined> {
  bench.say(`${name}…`);
  try {
    const machine = await describeMachine(bench);
    const result = stamp(await measurement(), machine);
    process.stdout.write(`\n${renderResult(result)}\n`);
    const all = write(bench.workDirectory, result);
    if (!options.write) return all;
    const kept = write(join(bench.repository, "benchmarks/results"), result);
    writeTargets(join(bench.repository, "benchmarks/README.md"), kept);
    return kept;
  } catch (error) {
    failures.push(`${name}: ${error instanceof Error ? error.message : error}`);
    bench.say(`${failures.at(-1)}`);
    return undefined;
  }
}

function write(directory: string, result: StampedResult): StampedResult[] {
  mkdirSync(directory, { recursive: true });
  const all = writeResults(directory, [result], COMMAND);
  writeFileSync(join(directory, "results.html"), renderPage(all));
  return all;
}

function summarise(all: readonly StampedResult[], failures: readonly string[]): void {
  const targets = all.flatMap((result) => result.targets ?? []);
  process.stdout.write(`\n${renderTable(targetsTable(targets))}\n`);
  for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
}
