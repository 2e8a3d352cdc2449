import {
  type AgentChannels,
  describeRpcFailure,
  LinkSpeed,
  openAgentChannels,
  SUPPORTED_FEATURES,
  SUPPORTED_PROTOCOLS,
} from "@sloth/protocol";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import { softwareVersion } from "../software-version.js";
import { AgentLost } from "./agent-lost.js";

/** An agent that has been spoken to. */
export interface ConnectedAgent {
  target: AgentTarget;
  channels: AgentChannels;
  /** The protocol number that both speak. */
  protocol: number;
  /** What both can. */
  features: readonly string[];
  /** How fast bulk has been so far. */
  link: LinkSpeed;
  about: AgentAbout;
}

/** What an agent says of itself, for people. */
export interface AgentAbout {
  softwareVersion: string;
  /** As Node names them. */
  os: string;
  arch: string;
  slots: number;
}

/** Long enough for a slow network; a refused connection is known at once. */
const CONNECT_TIMEOUT_MS = 10_000;

/** The connections of one run, one pair for each agent, opened when they are first needed. */
export class AgentPool {
  readonly #agents = new Map<string, Promise<ConnectedAgent>>();
  readonly #channels: AgentChannels[] = [];

  /**
   * The agent, after the handshake. Overlapping calls share one; after a failure the next call tries again.
   * @throws {AgentLost} when nobody answers, or somebody who is no agent of a known version.
   */
  connect(target: AgentTarget): Promise<ConnectedAgent> {
    const key = formatAddress(target.host, target.port);
    const known = this.#agents.get(key);
    if (known) return known;
    const connecting = this.#greet(target);
    this.#agents.set(key, connecting);
    connecting.catch(() => this.#agents.delete(key));
    return connecting;
  }

  close(): void {
    for (const channels of this.#channels) channels.close();
  }

  async #greet(target: AgentTarget): Promise<ConnectedAgent> {
    const channels = openAgentChannels(target);
    this.#channels.push(channels);
    try {
      const { protocol, features, ...hello } = await channels.control.hello(
        {
          protocolMin: SUPPORTED_PROTOCOLS.min,
          protocolMax: SUPPORTED_PROTOCOLS.max,
          features: [...SUPPORTED_FEATURES],
          softwareVersion,
        },
        { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) },
      );
      return { target, channels, protocol, features, link: new LinkSpeed(), about: aboutOf(hello) };
    } catch (error) {
      const { reason, hint = "" } = explainConnectFailure(target, error);
      throw new AgentLost(reason + hint, { reason, cause: error });
    }
  }
}

function aboutOf({ softwareVersion, os, arch, slots }: AgentAbout): AgentAbout {
  return { softwareVersion, os, arch, slots };
}

function explainConnectFailure(target: AgentTarget, error: unknown): { reason: string; hint?: string } {
  const address = formatAddress(target.host, target.port);
  const name = target.label === address ? address : `${target.label} (${address})`;
  const { kind, details } = describeRpcFailure(error);
  if (kind === "refused") return { reason: `The agent at ${name} refused: ${details}` };
  if (kind === "unavailable" || kind === "cancelled") {
    const why = kind === "cancelled" ? `no answer within ${CONNECT_TIMEOUT_MS / 1000} s` : shorten(details);
    return {
      reason: `No agent answers at ${name}: ${why}`,
      hint: `. Start one there: npx @sloth/agent --port ${target.port}`,
    };
  }
  return { reason: `What answers at ${name} is not a sloth agent: ${details}` };
}

/** gRPC repeats the address and adds metadata that nobody can act on. */
function shorten(details: string): string {
  if (details.includes("ECONNREFUSED")) return "connection refused";
  if (details.includes("Name resolution failed")) return "the host name is not known";
  return details.replace(/\.$/, "");
}
