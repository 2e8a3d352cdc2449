import type { Server as NetServer } from "node:net";
import type { Server as TlsServer } from "node:tls";
import { ServerCredentials } from "@grpc/grpc-js";
import type { Server } from "nice-grpc";
import { withTunedServers } from "../tuned-servers.js";
import type { UnprovenConnections } from "./unproven-connections.js";

/** What an agent shows, all as PEM. */
export interface ServerIdentity {
  certificate: string;
  key: string;
  /** Who has signed the certificates of callers. Absent: they are asked for none. */
  clientCa?: string;
}

export interface ListenOptions {
  /** `host:port` */
  address: string;
  identity: ServerIdentity;
  connections: UnprovenConnections;
  /** Asked at each connection; gives another identity for it and all that follow, where there is one. */
  renewed?: () => ServerIdentity | undefined;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Lets a server listen, over TLS alone; gives the port. */
export function listenSecurely(
  server: Pick<Server, "listen">,
  { address, identity, connections, renewed }: ListenOptions,
): Promise<number> {
  const { certificate, key, clientCa } = identity;
  const credentials = ServerCredentials.createSsl(
    clientCa === undefined ? null : Buffer.from(clientCa),
    [{ cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) }],
    clientCa !== undefined,
  );
  return withTunedServers(() => server.listen(address, credentials), {
    options: { handshakeTimeout: HANDSHAKE_TIMEOUT_MS },
    onServer(http2) {
      connections.watch(http2 as unknown as NetServer);
      if (renewed) renewAtConnections(http2 as unknown as TlsServer, renewed);
    },
  });
}

function renewAtConnections(server: TlsServer, renewed: () => ServerIdentity | undefined): void {
  server.prependListener("connection", () => {
    const identity = renewed();
    if (!identity) return;
    const { certificate: cert, key, clientCa: ca } = identity;
    server.setSecureContext({ cert, key, ca });
  });
}
