import { type AgentTrust, describeRpcFailure, isLoopback } from "@sloth/protocol";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import { AgentLost } from "./agent-lost.js";

export interface ConnectFailure {
  target: AgentTarget;
  /** What it was called with. */
  trust: AgentTrust;
  timeoutMs: number;
}

/** Why no handshake came about, and what to do. */
export function explainConnectFailure(error: unknown, { target, timeoutMs }: ConnectFailure): AgentLost {
  const { kind, details } = describeRpcFailure(error);
  const name = nameOf(target);
  if (kind === "refused") return lost(`The agent at ${name} refused: ${details}`, "", error);
  if (kind === "unavailable" || kind === "cancelled") {
    const why = kind === "cancelled" ? `no answer within ${timeoutMs / 1000} s` : shorten(details);
    return lost(`No agent answers at ${name}: ${why}`, startHint(target), error);
  }
  return lost(`What answers at ${name} is not a sloth agent: ${details}`, "", error);
}

/**
 * There is nothing to call it with.
 * @param problem - why nobody was found to listen there
 */
export function explainMissingTrust(target: AgentTarget, problem: string | undefined): AgentLost {
  const name = nameOf(target);
  if (problem !== undefined)
    return lost(`No agent answers at ${name}: ${shorten(problem)}`, startHint(target));
  const address = formatAddress(target.host, target.port);
  const who = isLoopback(target.host)
    ? `${name} is not an agent that you have started on this machine, and it has not been added`
    : `The agent at ${name} has not been added`;
  return lost(
    `${who}, so nothing is sent to it`,
    `. On its machine: npx @sloth/agent init. Here: npx @sloth/master agents add ${address}`,
  );
}

function lost(reason: string, hint: string, cause?: unknown): AgentLost {
  return new AgentLost(reason + hint, { reason, cause });
}

function startHint({ port }: AgentTarget): string {
  return `. Start one there: npx @sloth/agent --port ${port}`;
}

function nameOf(target: AgentTarget): string {
  const address = formatAddress(target.host, target.port);
  return target.label === address ? address : `${target.label} (${address})`;
}

/** gRPC repeats the address and adds metadata that nobody can act on. */
function shorten(details: string): string {
  if (details.includes("ECONNREFUSED")) return "connection refused";
  if (details.includes("ETIMEDOUT")) return "no answer in time";
  if (/Name resolution failed|ENOTFOUND|EAI_AGAIN/.test(details)) return "the host name is not known";
  return details.replace(/\.$/, "");
}
