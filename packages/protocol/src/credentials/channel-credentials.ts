import { isIP } from "node:net";
import { checkServerIdentity, createSecureContext, type PeerCertificate } from "node:tls";
import {
  type CallCredentials,
  type ChannelCredentials,
  type ChannelOptions,
  credentials,
  Metadata,
} from "@grpc/grpc-js";
import type { AgentTrust, PinnedAgent } from "./agent-trust.js";
import { fingerprintOf } from "./fingerprint.js";

/** What a channel to an agent is opened with. */
export interface ChannelSecurity {
  credentials: ChannelCredentials;
  options: ChannelOptions;
}

/** The name in certificates that agents make; what is compared is the fingerprint. */
export const AGENT_NAME = "sloth-agent";

/**
 * The one place where trust becomes a channel. A token is a call credential of a TLS channel here: gRPC refuses to
 * compose it with a plaintext one, so that none can ever be sent in the clear.
 */
export function channelSecurity(trust: AgentTrust, host: string): ChannelSecurity {
  if (trust.kind === "plaintext") return { credentials: credentials.createInsecure(), options: {} };
  // An address is not allowed as the name that TLS asks for.
  const name = trust.kind === "pinned" || isIP(host) ? AGENT_NAME : host;
  const identity =
    trust.kind === "pinned"
      ? { ca: trust.certificate }
      : { ca: trust.ca, cert: trust.certificate, key: trust.key };
  const channel = credentials.createFromSecureContext(createSecureContext(identity), {
    // Said, since NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise skip the check of the identity without a word.
    rejectUnauthorized: true,
    checkServerIdentity: (_, shown) =>
      trust.kind === "pinned" ? comparePin(trust, shown) : checkServerIdentity(host, shown),
  });
  const token = trust.kind === "pinned" ? trust.token : undefined;
  return {
    credentials: token === undefined ? channel : channel.compose(tokenCredentials(token)),
    options: { "grpc.ssl_target_name_override": name },
  };
}

function comparePin({ certificate }: PinnedAgent, shown: PeerCertificate): Error | undefined {
  if (fingerprintOf(shown.raw) === fingerprintOf(certificate)) return undefined;
  return new Error("the certificate is not the pinned one");
}

function tokenCredentials(token: string): CallCredentials {
  return credentials.createFromMetadataGenerator((_, done) => {
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${token}`);
    done(null, metadata);
  });
}
