import type { StatusResponse } from "@sloth/protocol";
import { AgentLost } from "../dispatch/agent-lost.js";
import type { AgentPool } from "../dispatch/agent-pool.js";
import type { ConnectedAgent } from "../dispatch/greet-agent.js";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import { mayTell } from "../inventory/labels.js";

/** What is found out of one agent. What is absent is not known: it does not answer, or is too old to tell. */
export interface SurveyedAgent {
  name: string;
  address: string;
  /** `draining`: it ends what it runs, and takes nothing new. `unreachable`: `problem` says why. */
  state: "ready" | "draining" | "unreachable";
  problem?: string;
  version?: string;
  slots?: number;
  /** Attempts of all masters. */
  running?: number;
  queued?: number;
  /** What it keeps between attempts. */
  cachedBytes?: number;
  uptimeMs?: number;
  /** How long a question and its answer take. */
  latencyMs?: number;
  /** Written ones, and those that it tells itself. */
  labels: Record<string, string | number | boolean>;
}

export interface SurveyOptions {
  pool: AgentPool;
  /** Written ones. */
  labels?: SurveyedAgent["labels"];
  /** Names of labels that are written of whatever agent: those that it tells do not count. */
  written?: ReadonlySet<string>;
}

/** So long an agent may take to look through its state directory. */
const STATUS_TIMEOUT_MS = 10_000;

/** Asks an agent what it is and does. */
export async function surveyAgent(
  target: AgentTarget,
  { pool, labels = {}, written = new Set() }: SurveyOptions,
): Promise<SurveyedAgent> {
  const who = { name: target.label, address: formatAddress(target.host, target.port) };
  try {
    const agent = await pool.connect(target);
    const { softwareVersion: version, slots, labels: told } = agent.about;
    const found = await askStatus(agent);
    return {
      ...who,
      state: "ready",
      version,
      slots,
      ...found,
      labels: { ...labels, ...ownOf(told, { labels, written }) },
    };
  } catch (error) {
    pool.forget(target);
    if (!(error instanceof AgentLost)) return { ...who, ...unreachable(error), labels };
    return { ...who, state: "unreachable", problem: error.message, labels };
  }
}

/** What an agent tells where that counts: what is written of it counts more. */
function ownOf(
  told: SurveyedAgent["labels"],
  { labels, written }: Required<Pick<SurveyOptions, "labels" | "written">>,
): SurveyedAgent["labels"] {
  return Object.fromEntries(
    Object.entries(told).filter(([name]) => !Object.hasOwn(labels, name) && mayTell(name, written)),
  );
}

function unreachable(error: unknown): Pick<SurveyedAgent, "state" | "problem"> {
  const problem = error instanceof Error ? error.message : String(error);
  return { state: "unreachable", problem: `It does not answer any more: ${problem}` };
}

/** The first answer of a connection takes longer than all others, so the second one is measured. */
async function askStatus({ channels, features }: ConnectedAgent): Promise<Partial<SurveyedAgent>> {
  if (!features.includes("status")) return {};
  const ask = (withCachedBytes: boolean): Promise<StatusResponse> =>
    channels.control.status(
      { workspaces: [], withCachedBytes },
      { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) },
    );
  const { cachedBytes, uptimeMs } = await ask(true);
  const askedAt = performance.now();
  const { running, queued, draining } = await ask(false);
  const latencyMs = performance.now() - askedAt;
  return {
    ...(draining && { state: "draining" }),
    running,
    queued,
    ...(cachedBytes !== undefined && { cachedBytes }),
    uptimeMs,
    latencyMs,
  };
}
