import {
  askCertificate,
  describeRpcFailure,
  fingerprintOf,
  isLoopback,
  type RpcFailure,
  type ShownCertificate,
} from "@sloth/protocol";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import type { FoundTrust } from "../trust/find-trust.js";
import { AgentLost } from "./agent-lost.js";
import { explainAuthority } from "./explain-authority.js";

export interface ConnectFailure extends FoundTrust {
  target: AgentTarget;
  timeoutMs: number;
  /** Ends looking at what is there. */
  signal?: AbortSignal | undefined;
}

/** Why no handshake came about, and what to do. Where a connection broke, it looks at what is there. */
export async function explainConnectFailure(error: unknown, failure: ConnectFailure): Promise<AgentLost> {
  const { target, timeoutMs, signal } = failure;
  const { kind, details } = describeRpcFailure(error);
  const name = nameOf(target);
  if (kind === "refused") return lost({ reason: `The agent at ${name} refused: ${details}`, cause: error });
  if (kind === "unauthenticated") return explainRefusal(details, failure);
  if (kind === "cancelled" || kind === "timed-out")
    return lost({
      reason: `No agent answers at ${name}: no answer within ${timeoutMs / 1000} s`,
      mend: startAt(target),
      cause: error,
    });
  if (kind !== "unavailable")
    return lost({ reason: `What answers at ${name} is not a sloth agent: ${details}`, cause: error });
  const shown = await askCertificate(target, { timeoutMs, signal });
  return explainShown(shown, { ...failure, details, error });
}

/** Nobody showed a certificate where an agent should be. */
export function explainSilence(
  target: AgentTarget,
  shown: Exclude<ShownCertificate, { kind: "certificate" }>,
): AgentLost {
  const name = nameOf(target);
  if (shown.kind === "nobody")
    return lost({ reason: `No agent answers at ${name}: ${shorten(shown.code)}`, mend: startAt(target) });
  return lost({
    reason: `What answers at ${name} does not speak TLS, so nothing was sent to it`,
    todo: "An agent does, unless it is started with --insecure: leave that out there",
  });
}

/**
 * There is nothing to call it with.
 * @param problem - why nobody was found to listen there
 */
export function explainMissingTrust(target: AgentTarget, problem: string | undefined): AgentLost {
  const name = nameOf(target);
  if (problem !== undefined)
    return lost({ reason: `No agent answers at ${name}: ${shorten(problem)}`, mend: startAt(target) });
  const who = isLoopback(target.host)
    ? `${name} is not an agent that this user has started on this machine, and it has not been added`
    : `The agent at ${name} has not been added`;
  return distrust({
    reason: `${who}, so nothing is sent to it`,
    todo: `On its machine type: npx @sloth/agent init. Here: ${addCommand(target)}`,
    mend: addCommand(target),
  });
}

function explainShown(
  shown: ShownCertificate,
  {
    target,
    trust,
    from,
    details,
    error,
  }: ConnectFailure & { details: RpcFailure["details"]; error: unknown },
): AgentLost {
  const name = nameOf(target);
  if (trust.kind === "plaintext")
    return shown.kind === "certificate"
      ? distrust({
          reason: `The agent at ${name} speaks TLS, and --insecure is plaintext`,
          todo: `Leave --insecure out. If the agent is not of this user and machine: ${addCommand(target)}`,
          cause: error,
        })
      : lost({
          reason: `No agent answers at ${name}: ${shorten(details)}`,
          mend: startAt(target),
          cause: error,
        });
  if (shown.kind !== "certificate") return explainSilence(target, shown);
  if (trust.kind === "authority") return explainAuthority(name, { trust, shown: shown.certificate, details });
  if (fingerprintOf(shown.certificate) !== fingerprintOf(trust.certificate))
    return explainImpostor(target, from);
  return lost({ reason: `The agent at ${name} ended the connection: ${shorten(details)}`, cause: error });
}

function explainImpostor(target: AgentTarget, from: FoundTrust["from"]): AgentLost {
  const name = nameOf(target);
  if (from === "local")
    return distrust({
      reason: `What answers at ${name} is not the agent that this user has started there: it has another certificate. Nothing was sent to it`,
      todo: `Is it an agent of another user? Then: ${addCommand(target)}`,
    });
  return distrust({
    reason: `What answers at ${name} has another certificate than the agent that was added. Nothing was sent to it`,
    todo:
      "If its agent has made new credentials, type on its machine: npx @sloth/agent init. " +
      `Here: ${addCommand(target)} --replace. If not, somebody else answers there`,
    mend: `${addCommand(target)} --replace`,
  });
}

function explainRefusal(details: string, { target, trust, from }: ConnectFailure): AgentLost {
  const reason = `The agent at ${nameOf(target)} refused to be called: ${details}`;
  if (trust.kind === "authority")
    return distrust({
      reason,
      todo: `It knows masters by its token: ${addCommand(target)}`,
      mend: addCommand(target),
    });
  if (from === "local")
    return distrust({ reason, todo: "Start that agent again, so that it leaves its present token" });
  if (from === "inventory")
    return distrust({
      reason,
      todo: "Put the line that npx @sloth/agent init prints on its machine where agents.yaml refers to",
    });
  const add = `${addCommand(target)} --replace`;
  return distrust({ reason, todo: `On its machine type: npx @sloth/agent init. Here: ${add}`, mend: add });
}

interface Loss {
  reason: string;
  /** Absent: where there is a command that mends it, that. */
  todo?: string;
  mend?: string;
  cause?: unknown;
  isDistrust?: boolean;
}

function distrust(loss: Loss): AgentLost {
  return lost({ ...loss, isDistrust: true });
}

function lost({ reason, mend, todo = mend && `Start one there: ${mend}`, ...more }: Loss): AgentLost {
  return new AgentLost(todo ? `${reason}. ${todo}` : reason, { ...more, reason, mend, isBeforeStart: true });
}

function startAt({ host, port }: AgentTarget): string {
  return `npx @sloth/agent${isLoopback(host) ? "" : " --host 0.0.0.0"} --port ${port}`;
}

function addCommand({ host, port }: AgentTarget): string {
  return `npx @sloth/master agents add ${formatAddress(host, port)}`;
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
