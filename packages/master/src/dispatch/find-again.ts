import { setTimeout as sleep } from "node:timers/promises";
import { knock } from "../trust/knock.js";
import { AgentLost } from "./agent-lost.js";
import type { AgentPool } from "./agent-pool.js";
import type { ConnectedAgent } from "./greet-agent.js";

export interface FindAgainOptions {
  pool: Pick<AgentPool, "reconnect">;
  patienceMs: number;
  signal: AbortSignal;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
const GREETING_MS = 500;
/** A network that drops packets does not say so. */
const KNOCK_TIMEOUT_MS = 2000;

/**
 * An agent whose connection broke, over a new one; undefined when the time is over. Whoever accepts a connection at last
 * is given half a second more for the greeting.
 * @throws {AgentLost} when another process of the agent answers: what the other one ran is dead
 */
export async function findAgain(
  agent: ConnectedAgent,
  { pool, patienceMs, signal }: FindAgainOptions,
): Promise<ConnectedAgent | undefined> {
  const endMs = performance.now() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    // First, since what has broken just now may break again.
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) return undefined;
    const found = await Promise.race([
      tryOnce(agent, pool, Math.min(KNOCK_TIMEOUT_MS, leftMs)),
      sleep(leftMs + GREETING_MS, undefined, { signal, ref: false }).catch(() => undefined),
    ]);
    if (found && found.about.instanceId !== agent.about.instanceId) throw restarted(agent);
    if (found) return found;
  }
  return undefined;
}

async function tryOnce(
  agent: ConnectedAgent,
  pool: FindAgainOptions["pool"],
  timeoutMs: number,
): Promise<ConnectedAgent | undefined> {
  if ((await knock(agent.target, { timeoutMs })) !== undefined) return undefined;
  try {
    return await pool.reconnect(agent);
  } catch (error) {
    if (error instanceof AgentLost) return undefined;
    throw error;
  }
}

function restarted({ target }: ConnectedAgent): AgentLost {
  const reason = `The agent ${target.label} has been started again meanwhile`;
  return new AgentLost(
    `${reason}. Whether the task finished before is unknown; the working directory is as it was.`,
    { reason },
  );
}
