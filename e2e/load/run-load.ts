import { createHash } from "node:crypto";
import { createReadStream, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { masterBinary, repository, startProgram } from "../support/processes.js";
import { inTerminal } from "../support/terminal.js";
import { writeWorkflow } from "../support/workflow-file.js";
import type { Load } from "./loads.js";

export const VIEWS = ["quiet", "plain", "json", "tty"] as const;
export type LoadView = (typeof VIEWS)[number];

/** What a run under load took of the master. */
export interface Measured {
  peakRssBytes: number;
  /** How long nothing else got its turn, while the thread had a CPU. */
  longestBlockMs: number;
  block99Ms: number;
  cpuMs: number;
  wallMs: number;
}

export interface LoadRun {
  code: number;
  measured: Measured;
  /** What was recorded, by the task's name. */
  outputs: Load["outputs"];
}

/** Runs a load by the built command with a view: the tty view on a pseudo terminal, the others into a file. */
export async function runLoad(directory: string, load: Load, view: LoadView): Promise<LoadRun> {
  const file = writeWorkflow(directory, load.workflow);
  const measure = join(directory, "measured.json");
  const preload = join(repository, "e2e/load/measure.mjs");
  const jobs = String(Object.keys(load.outputs).length);
  const args = ["--import", preload, masterBinary, "run", "-f", file, "-j", jobs, "--output", view];
  const env = { SLOTH_MEASURE: measure };
  const code = view === "tty" ? await onTerminal(args, env) : await intoFile(args, { env, directory });
  return { code, measured: JSON.parse(readFileSync(measure, "utf8")), outputs: await recorded(directory) };
}

async function intoFile(
  args: string[],
  { env, directory }: { env: Record<string, string>; directory: string },
): Promise<number> {
  const shown = openSync(join(directory, "shown"), "w");
  const running = startProgram([process.execPath, ...args], { env, stdout: shown });
  return (await running.ended).code;
}

async function onTerminal(args: string[], env: Record<string, string>): Promise<number> {
  return await inTerminal(process.execPath, args, { columns: 100, rows: 40, env, isUnseen: true }).ended;
}

async function recorded(directory: string): Promise<Load["outputs"]> {
  const runs = join(directory, ".sloth/runs");
  const outputs: Load["outputs"] = {};
  for (const run of readdirSync(runs)) {
    const logs = join(runs, run, "logs/load");
    for (const log of readdirSync(logs)) {
      const hash = createHash("sha256");
      let sizeBytes = 0;
      for await (const chunk of createReadStream(join(logs, log))) {
        hash.update(chunk);
        sizeBytes += chunk.length;
      }
      outputs[log.replace(/\.log$/, "")] = { sha256: hash.digest("hex"), sizeBytes };
    }
  }
  return outputs;
}
