import {
  type AgentTrust,
  authenticate,
  type CallGuard,
  listenSecurely,
  type Proof,
  type ServerIdentity,
  UnprovenConnections,
  withLargeWindows,
} from "@sloth/protocol";
import type { Server } from "nice-grpc";
import { currentToken, openOwnCredentials } from "./own-credentials.js";

/** How callers reach an agent, and who is let in. */
export interface Gate {
  /** For the options of the server: each stands before every method of every service. */
  interceptors: CallGuard[];
  /** Gives the port. */
  listen(server: Pick<Server, "listen">, address: string): Promise<number>;
  /** What a master calls with. Absent: it has a certificate of its own. */
  trust?: AgentTrust;
}

export interface GateOptions {
  stateDirectory: string;
  /** Plaintext, and everybody is let in. */
  isInsecure?: boolean | undefined;
}

/** @throws {CredentialError} NOT_PRIVATE, DAMAGED */
export async function openGate({ stateDirectory, isInsecure }: GateOptions): Promise<Gate> {
  if (isInsecure)
    return {
      interceptors: [],
      listen: (server, address) => withLargeWindows(() => server.listen(address)),
      trust: { kind: "plaintext" },
    };
  const own = await openOwnCredentials(stateDirectory);
  const { key, certificate, token } = own;
  const gate = guarded({ kind: "token", current: currentToken(stateDirectory, own) }, { key, certificate });
  return { ...gate, trust: { kind: "pinned", certificate, token } };
}

function guarded(proof: Proof, identity: ServerIdentity, renewed?: () => ServerIdentity | undefined): Gate {
  const connections = new UnprovenConnections();
  return {
    interceptors: [authenticate({ proof, connections })],
    listen: (server, address) => listenSecurely(server, { address, identity, connections, renewed }),
  };
}
