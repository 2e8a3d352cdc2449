import {
  type AgentTrust,
  authenticate,
  type CallGuard,
  callerOf,
  listenSecurely,
  type Proof,
  type ServerIdentity,
  UnprovenConnections,
  withTunedServers,
} from "@sloth/protocol";
import type { Server } from "nice-grpc";
import type { Metadata } from "nice-grpc-common";
import type { AgentEventSink } from "../events/agent-event.js";
import { type AuthorityFiles, openAuthorityFiles } from "./authority-files.js";
import { currentToken, openOwnCredentials } from "./own-credentials.js";

/** The headers of a call. */
export type CallMetadata = Pick<Metadata, "get">;

/** How callers reach an agent, and who is let in. */
export interface Gate {
  /** For the options of the server: each stands before every method of every service. */
  interceptors: CallGuard[];
  /** Who makes a call, so that what is one's can be told from what is another's; "" where all show the same token, or none. */
  callerOf(metadata: CallMetadata): string;
  /** Gives the port. */
  listen(server: Pick<Server, "listen">, address: string): Promise<number>;
  /** What a master calls with. Absent: it has a certificate of its own. */
  trust?: AgentTrust;
}

export interface GateOptions {
  stateDirectory: string;
  emit: AgentEventSink;
  /** Instead of the token. */
  authority?: AuthorityFiles | undefined;
  /** Plaintext, and everybody is let in. */
  isInsecure?: boolean | undefined;
}

/**
 * @throws {CredentialError} NOT_PRIVATE, DAMAGED
 * @throws {AgentError} TLS_FILES
 */
export async function openGate({ stateDirectory, emit, authority, isInsecure }: GateOptions): Promise<Gate> {
  if (isInsecure)
    return {
      interceptors: [],
      callerOf: () => "",
      listen: (server, address) => withTunedServers(() => server.listen(address)),
      trust: { kind: "plaintext" },
    };
  if (authority) {
    const warn = (message: string) => emit({ type: "warning", message });
    const { current, renewed } = openAuthorityFiles(authority, warn);
    return guarded({ kind: "certificate" }, { identity: current, renewed, emit });
  }
  const own = await openOwnCredentials(stateDirectory);
  const { key, certificate, token } = own;
  const proof: Proof = { kind: "token", current: currentToken(stateDirectory, own) };
  const gate = guarded(proof, { identity: { key, certificate }, emit });
  return { ...gate, trust: { kind: "pinned", certificate, token } };
}

interface Guarded {
  identity: ServerIdentity;
  renewed?: () => ServerIdentity | undefined;
  emit: AgentEventSink;
}

function guarded(proof: Proof, { identity, renewed, emit }: Guarded): Gate {
  const connections = new UnprovenConnections();
  const onRefused = (address: string, reason: string) => emit({ type: "caller-refused", address, reason });
  return {
    interceptors: [authenticate({ proof, connections, onRefused })],
    callerOf: proof.kind === "certificate" ? callerOf : () => "",
    listen: (server, address) => listenSecurely(server, { address, identity, connections, renewed }),
  };
}
