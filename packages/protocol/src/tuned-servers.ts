import type { Http2Server, ServerOptions } from "node:http2";
import { createRequire } from "node:module";
import { BULK_WINDOW_BYTES } from "./flow-control-window.js";
import { endSilentConnectionsOf, MOST_OUTSTANDING_PINGS } from "./liveness.js";

type CreateServer = (options: ServerOptions, ...rest: never[]) => Http2Server;
type Http2 = Record<"createServer" | "createSecureServer", CreateServer>;

export interface ServerAdjustments {
  /** Further options of the HTTP/2 server, such as `handshakeTimeout`. */
  options?: object;
  /** Told of each server before it listens. */
  onServer?: (server: Http2Server) => void;
}

/**
 * Runs `listen`, and gives the HTTP/2 servers that are created meanwhile what grpc-js 1.14 does not:
 *
 * 1. The large window. It has an option for it (`grpc-node.flow_control_window`) that only its client heeds:
 *    https://github.com/grpc/grpc-node/issues/2429. Can go when its server heeds it too.
 * 2. An end of connections that show no life, for {@link endSilentConnectionsOf}.
 */
export async function withTunedServers<T>(
  listen: () => Promise<T>,
  adjustments: ServerAdjustments = {},
): Promise<T> {
  // The module as CommonJS has it, which grpc-js looks its functions up in.
  const http2 = createRequire(import.meta.url)("node:http2") as Http2;
  const { createServer, createSecureServer } = http2;
  Object.assign(http2, {
    createServer: adjusted(createServer, adjustments),
    createSecureServer: adjusted(createSecureServer, adjustments),
  });
  try {
    return await listen();
  } finally {
    Object.assign(http2, { createServer, createSecureServer });
  }
}

function adjusted(original: CreateServer, { options: further, onServer }: ServerAdjustments): CreateServer {
  return (options, ...rest) => {
    const settings = { ...options.settings, initialWindowSize: BULK_WINDOW_BYTES };
    const pings = { maxOutstandingPings: MOST_OUTSTANDING_PINGS };
    const server = original({ ...options, ...pings, ...further, settings }, ...rest);
    server.on("session", (session) => session.setLocalWindowSize(BULK_WINDOW_BYTES));
    endSilentConnectionsOf(server);
    onServer?.(server);
    return server;
  };
}
