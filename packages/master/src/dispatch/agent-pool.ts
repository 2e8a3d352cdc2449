import {
  type AgentChannels,
  type AgentTrust,
  CredentialError,
  LinkSpeed,
  openAgentChannels,
  SUPPORTED_FEATURES,
  SUPPORTED_PROTOCOLS,
} from "@sloth/protocol";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import { softwareVersion } from "../software-version.js";
import { findTrust, type TypedTrust } from "../trust/find-trust.js";
import { knock } from "../trust/knock.js";
import { AgentLost } from "./agent-lost.js";
import { explainConnectFailure, explainMissingTrust } from "./explain-connect-failure.js";

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
  readonly #typed: TypedTrust;

  constructor(typed: TypedTrust = {}) {
    this.#typed = typed;
  }

  /**
   * The agent, after the handshake. Overlapping calls share one; after a failure the next call tries again.
   * @throws {AgentLost} when nobody answers, or somebody who is not known or no agent of a known version.
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
    const trust = await this.#trust(target);
    const channels = openAgentChannels({ ...target, trust });
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
      throw explainConnectFailure(error, { target, trust, timeoutMs: CONNECT_TIMEOUT_MS });
    }
  }

  /** Sends nothing. */
  async #trust(target: AgentTarget): Promise<AgentTrust> {
    try {
      const trust = await findTrust(target, this.#typed);
      if (trust) return trust;
    } catch (error) {
      if (error instanceof CredentialError) throw new AgentLost(error.message, { cause: error });
      throw error;
    }
    throw explainMissingTrust(target, await knock(target, { timeoutMs: CONNECT_TIMEOUT_MS }));
  }
}

function aboutOf({ softwareVersion, os, arch, slots }: AgentAbout): AgentAbout {
  return { softwareVersion, os, arch, slots };
}
