import type { ChannelOptions } from "@grpc/grpc-js";
import { type Channel, createChannel, createClientFactory } from "nice-grpc";
import { AgentServiceDefinition } from "./bulk-codec.js";
import type { AgentTrust } from "./credentials/agent-trust.js";
import { type ChannelSecurity, channelSecurity } from "./credentials/channel-credentials.js";
import { BULK_WINDOW_BYTES, CONTROL_WINDOW_BYTES } from "./flow-control-window.js";
import type { AgentServiceClient } from "./gen/sloth/v1/agent.js";
import { hostAndPort } from "./host-and-port.js";
import { WIRE_LIMITS } from "./limits.js";
import { endingSilentConnections } from "./liveness.js";

/** One connection to an agent. */
export interface AgentChannel {
  client: AgentServiceClient;
  close(): void;
}

/**
 * The two connections to one agent: frames of `Execute` never queue behind file contents.
 * Each connects at its first call. Closing ends every call on it.
 */
export interface AgentChannels {
  control: AgentServiceClient;
  bulk: AgentServiceClient;
  close(): void;
}

export interface OpenChannelOptions {
  host: string;
  port: number;
  /** What its certificate is made out to, where that is not `host`. */
  certificateHost?: string;
  /** How the agent is known; nothing is sent to one that is not. */
  trust: AgentTrust;
}

/** Opens both connections to an agent. */
export function openAgentChannels({
  host,
  port,
  certificateHost = host,
  trust,
}: OpenChannelOptions): AgentChannels {
  const target = `dns:${hostAndPort(host, port)}`;
  const { credentials, options } = channelSecurity(trust, certificateHost);
  const security = { credentials: endingSilentConnections(credentials), options };
  const control = openChannel(target, security, { "grpc-node.flow_control_window": CONTROL_WINDOW_BYTES });
  const bulk = openChannel(target, security, { "grpc-node.flow_control_window": BULK_WINDOW_BYTES });
  return {
    control: control.client,
    bulk: bulk.client,
    close() {
      control.close();
      bulk.close();
    },
  };
}

function openChannel(
  target: string,
  { credentials, options }: ChannelSecurity,
  further: ChannelOptions = {},
): AgentChannel {
  const channel: Channel = createChannel(target, credentials, { ...channelOptions, ...options, ...further });
  const client: AgentServiceClient = createClientFactory().create(AgentServiceDefinition, channel);
  return { client, close: () => channel.close() };
}

const channelOptions: ChannelOptions = {
  "grpc.max_receive_message_length": WIRE_LIMITS.messageBytes,
  // Channels with equal options would otherwise share one connection.
  "grpc.use_local_subchannel_pool": 1,
  // A proxy from the environment would see everything; agents are addressed directly.
  "grpc.enable_http_proxy": 0,
};
