import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.js";
import { type RanNode, runNode } from "../processes/run-node.js";

/** The master's built command line. */
export function masterBinary({ repository }: Pick<Bench, "repository">): string {
  return join(repository, "packages/master/bin/sloth-master.cjs");
}

/** A directory with a workflow, which is its workspace too. */
export function workflowDirectory(bench: Bench, text: string, below: readonly string[] = []): string {
  const directory = bench.freshDirectory("workflow");
  mkdirSync(directory);
  for (const name of below) mkdirSync(join(directory, name));
  writeFileSync(join(directory, "pipeline.lua"), text);
  return directory;
}

/** Runs the workflow of a directory to its end. */
export function runSloth(
  bench: Bench,
  directory: string,
  { words = [], env = {} }: { words?: readonly string[]; env?: Record<string, string> } = {},
): Promise<RanNode> {
  const argv = [
    masterBinary(bench),
    "run",
    "-f",
    join(directory, "pipeline.lua"),
    "--output",
    "quiet",
    ...words,
  ];
  return runNode(bench.repository, { argv, cwd: directory, env: { NO_COLOR: "1", ...env } });
}
