import { cpus, loadavg, release, totalmem } from "node:os";
import type { Bench } from "../bench.js";
import { type Command, run } from "../processes/run.js";

/** What has to be known to compare figures: no name, no address. */
export interface Machine {
  cpus: string;
  memoryGib: number;
  kernel: string;
  fileSystem: string;
  node: string;
  revision: string;
  tools: Record<string, string>;
  /** Load over the minute before; on an idle machine near 0. */
  loadBefore: number;
}

export async function describeMachine(bench: Bench): Promise<Machine> {
  const all = cpus();
  return {
    cpus: `${all.length} × ${all[0]?.model ?? "unknown"}`,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: `${process.platform} ${release()}`,
    fileSystem: await firstLine(["sh", "-c", `df --output=fstype "${bench.workDirectory}" | tail -1`]),
    node: process.version,
    revision: await firstLine({ argv: ["git", "describe", "--always", "--dirty"], cwd: bench.repository }),
    tools: {
      rsync: await firstLine(["rsync", "--version"]),
      ssh: await firstLine(["sh", "-c", "ssh -V 2>&1"]),
      tar: await firstLine(["tar", "--version"]),
    },
    loadBefore: loadavg()[0] ?? 0,
  };
}

async function firstLine(command: Command | string[]): Promise<string> {
  try {
    const { stdout } = await run(command);
    return stdout.trim().split("\n")[0]?.trim() ?? "";
  } catch {
    // It is not on this machine; the part that needs it says so.
    return "missing";
  }
}
