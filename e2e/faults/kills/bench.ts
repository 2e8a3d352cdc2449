import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Running, startAgentProcess, startSloth } from "../../support/processes.js";
import { removeTree } from "../../support/temporary-directory.js";

/** One working directory, and one agent of one slot, for many runs one after the other. */
export interface Bench {
  /** The working directory of the runs. */
  readonly directory: string;
  /** Where tasks count themselves. */
  readonly counts: string;
  readonly address: string;
  readonly agentState: string;
  /** The running one. */
  readonly agent: Running;
  /** How long stages lasted when nothing was killed, by their names. */
  readonly durationsMs: Map<string, number>;
  /** What is left in the temporary directories of the master and of the agent. */
  temporaryFiles(): string[];
  startSloth(args: string[]): Running;
  /** Starts it again in the place of one that has ended. */
  restartAgent(): Promise<void>;
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const home = mkdtempSync(join(tmpdir(), "sloth-kills-"));
  const [directory, counts, agentState, temporary, agentTemporary] = [
    "work",
    "counts",
    "agent",
    "tmp",
    "tmp-agent",
  ].map((name) => {
    mkdirSync(join(home, name), { mode: 0o700 });
    return join(home, name);
  }) as [string, string, string, string, string];
  const startAgent = async (port: number) => {
    const running = startAgentProcess(["--port", String(port), "--slots", "1", "--state-dir", agentState], {
      env: { TMPDIR: agentTemporary },
    });
    const [, listening] = await running.until(/listening on 127\.0\.0\.1:(\d+)/);
    return { running, port: Number(listening) };
  };
  let agent = await startAgent(0);
  const { port } = agent;
  return {
    directory,
    counts,
    agentState,
    address: `localhost:${port}`,
    get agent() {
      return agent.running;
    },
    durationsMs: new Map(),
    temporaryFiles: () => [...readdirSync(temporary), ...readdirSync(agentTemporary)],
    startSloth: (args) => startSloth(args, { cwd: directory, env: { TMPDIR: temporary } }),
    async restartAgent() {
      await agent.running.ended;
      agent = await startAgent(port);
    },
    async close() {
      agent.running.kill("SIGTERM");
      await agent.running.ended;
      removeTree(home);
    },
  };
}

/** How many descriptors a process has open, and its memory. */
export function resourcesOf({ pid }: Running): { descriptors: number; rssMiB: number } {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const rssKiB = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, rssMiB: Math.round(rssKiB / 1024) };
}
