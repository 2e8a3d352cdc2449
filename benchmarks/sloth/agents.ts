import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.js";
import { type Background, startInBackground } from "../processes/background.js";

/** Agents on loopback that are ready, and what a master needs to know them. */
export interface Agents {
  addresses: string[];
  processes: Background[];
  /** For masters that are to find them. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** @param options - further words of each agent's command line */
export async function startAgents(
  bench: Bench,
  count: number,
  options: readonly string[] = [],
): Promise<Agents> {
  const directory = bench.freshDirectory("agents");
  mkdirSync(directory);
  const env = { XDG_STATE_HOME: join(directory, "known"), NO_COLOR: "1" };
  const binary = join(bench.repository, "packages/agent/bin/sloth-agent.cjs");
  const processes: Background[] = [];
  const stop = async () => {
    await Promise.all(processes.map((agent) => agent.stop()));
  };
  bench.atEnd(stop);
  const addresses: string[] = [];
  // One after the other: many at once would wait for each other's processors until they time out.
  for (let number = 0; number < count; number++) {
    const words = ["--port", "0", "--state-dir", join(directory, String(number)), ...options];
    const agent = startInBackground([process.execPath, binary, ...words], env);
    processes.push(agent);
    const [, port] = await agent.until(/listening on 127\.0\.0\.1:(\d+)/);
    addresses.push(`127.0.0.1:${port}`);
  }
  return { addresses, processes, env, stop };
}
