import { join } from "node:path";
import { openBench } from "../bench.js";
import { describeMachine } from "../report/machine.js";
import { type PartResult, renderResult, stamp, writeResults } from "../report/results.js";
import { HELP, type Options, readOptions, UsageError } from "./command-line.js";
import { type Contenders, openContenders } from "./contenders/open-contenders.js";
import { measureBulk } from "./parts/bulk.js";
import { measureMemory } from "./parts/memory.js";
import { measureScan } from "./parts/scan.js";
import { measureWholeCommands } from "./parts/whole-commands.js";
import { openTree } from "./trees/tree.js";
import type { WorkspaceBench } from "./workspace-bench.js";

/** Exit codes: 0 measured, 1 failed, 2 wrong usage, 130 interrupted. */
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
  const bench: WorkspaceBench = { ...openBench(repository, options), options };
  const interrupted = () => void bench.close().then(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    const contenders = await openContenders(bench);
    for (const part of partsOf(bench, contenders)) await publish(bench, part);
    return 0;
  } finally {
    bench.say("Cleaning up…");
    await bench.close();
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}

function partsOf(bench: WorkspaceBench, contenders: Contenders): (() => Promise<PartResult>)[] {
  const { parts, trees } = bench.options;
  const smallTrees = trees.filter((name) => name !== "large");
  const measurements = {
    commands: trees.map(
      (name) => async () => measureWholeCommands(bench, contenders, await openTree(bench, name)),
    ),
    scan: smallTrees.map((name) => async () => measureScan(bench, await openTree(bench, name))),
    bulk: [() => measureBulk(bench, contenders)],
    memory: [() => measureMemory(bench)],
  };
  return (["commands", "scan", "bulk", "memory"] as const)
    .filter((part) => parts.includes(part))
    .flatMap((part) => measurements[part]);
}

/** After each part, so that what was measured survives when a later one fails. */
async function publish(bench: WorkspaceBench, part: () => Promise<PartResult>): Promise<void> {
  const machine = await describeMachine(bench);
  const result = stamp(await part(), machine);
  process.stdout.write(`\n${renderResult(result)}\n`);
  const here = join(bench.repository, "benchmarks/workspace");
  for (const directory of [bench.workDirectory, ...(bench.options.write ? [here] : [])])
    writeResults(directory, [result], "npm run benchmark:workspace -- --write");
}
