import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, type Ran, run } from "./run.js";

export interface RanNode extends Ran {
  /** Of all its threads, without its children. */
  cpuMs: number;
  peakRssBytes: number;
}

let number = 0;

/**
 * Runs a program of Node, and gives what it took.
 * @param command - without Node itself
 */
export async function runNode(repository: string, { argv, cwd, env }: Command): Promise<RanNode> {
  const file = join(tmpdir(), `sloth-benchmark-${process.pid}-${++number}.json`);
  const preload = join(repository, "benchmarks/processes/cpu-at-exit.cjs");
  try {
    const ran = await run({
      argv: [process.execPath, "--require", preload, ...argv],
      ...(cwd !== undefined && { cwd }),
      env: { ...env, SLOTH_CPU_FILE: file },
    });
    return { ...ran, ...JSON.parse(readFileSync(file, "utf8")) };
  } finally {
    rmSync(file, { force: true });
  }
}
