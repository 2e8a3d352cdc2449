import { setTimeout as sleep } from "node:timers/promises";
import type { FaultyAgent } from "./fleet.js";

export interface RandomFaultsOptions {
  agents: readonly FaultyAgent[];
  random: () => number;
  everyMs: number;
  /** How long an agent is suspended, or a line stalled, at most. */
  longestMs: number;
  /** Aborted when no more are wanted. */
  signal: AbortSignal;
}

/** Lets something fail every so often; ends when all has recovered. Gives how often what has failed. */
export async function randomFaults(options: RandomFaultsOptions): Promise<Map<string, number>> {
  const { agents, random, everyMs, longestMs, signal } = options;
  const counts = new Map<string, number>();
  const underway = new Set<Promise<void>>();
  for (;;) {
    await sleep(everyMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const healthy = agents.filter(({ isSuffering }) => !isSuffering);
    const agent = healthy[Math.floor(random() * healthy.length)];
    const forMs = 1000 + random() * (longestMs - 1000);
    const faults: [string, (agent: FaultyAgent) => Promise<void>][] = [
      ["agent killed", (agent) => agent.killAndRestart()],
      ["agent stopped", (agent) => agent.suspend(forMs)],
      ["line cut", (agent) => agent.cut()],
      ["line stalled", (agent) => agent.stall(forMs)],
    ];
    const [name, inflict] = faults[Math.floor(random() * faults.length)] ?? [];
    if (!agent || !name || !inflict) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    agent.isSuffering = true;
    const over = inflict(agent).finally(() => {
      agent.isSuffering = false;
    });
    underway.add(over);
    void over.finally(() => underway.delete(over));
  }
  await Promise.all(underway);
  return counts;
}
