import type { Labels } from "@sloth/dsl";
import {
  type AgentChannels,
  type HelloResponse,
  LinkSpeed,
  openAgentChannels,
  SUPPORTED_FEATURES,
  SUPPORTED_PROTOCOLS,
} from "@sloth/protocol";
import { readClaimedLabels } from "../inventory/claimed-labels.js";
import type { AgentTarget } from "../inventory/inventory.js";
import type { AutomaticLabels } from "../inventory/labels.js";
import { softwareVersion } from "../software-version.js";
import type { FoundTrust } from "../trust/find-trust.js";
import { explainConnectFailure } from "./explain-connect-failure.js";

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

/** What an agent says of itself. Its texts are for people, and not to be trusted. */
export interface AgentAbout {
  softwareVersion: string;
  /** Another one at each start of the agent. */
  instanceId: string;
  slots: number;
  /** What it has found out, and what its operator says where that is nothing it finds out. */
  labels: AutomaticLabels & Labels;
}

/** Long enough for a slow network; a refused connection is known at once. */
export const CONNECT_TIMEOUT_MS = 10_000;

export interface GreetOptions {
  /** Told of the channels before the first call, so that closing them ends it. */
  onOpen?: (channels: AgentChannels) => void;
  /** Nobody wants to know any more. */
  signal?: AbortSignal;
}

/**
 * Connects, and agrees on a version.
 * @throws {AgentLost} whose message says what to do; the channels are closed then
 */
export async function greetAgent(
  target: AgentTarget,
  { trust, from }: FoundTrust,
  { onOpen = () => {}, signal }: GreetOptions = {},
): Promise<ConnectedAgent> {
  const channels = openAgentChannels({ ...target, trust });
  onOpen(channels);
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
    channels.close();
    throw await explainConnectFailure(error, { target, trust, from, timeoutMs: CONNECT_TIMEOUT_MS, signal });
  }
}

function aboutOf(hello: Omit<HelloResponse, "protocol" | "features">): AgentAbout {
  const { softwareVersion, instanceId, slots, os, arch, hostname, cpus, memoryBytes, labels } = hello;
  return {
    softwareVersion,
    instanceId,
    slots,
    labels: {
      ...readClaimedLabels(labels),
      os,
      arch,
      ...(cpus !== undefined && { cpus }),
      ...(memoryBytes !== undefined && { memory: Math.round(memoryBytes / GIB) }),
      ...(hostname !== undefined && { hostname }),
    },
  };
}

const GIB = 1024 ** 3;
