import type { Http2Server, ServerOptions } from "node:http2";
import { createRequire } from "node:module";

/**
 * HTTP/2's window is 64 KiB by default: at 10 ms round trip that is 3 MB/s. It is credit, not memory: so much may wait
 * here for a consumer that is slower than the link.
 */
export const BULK_WINDOW_BYTES = 16 * 2 ** 20;

type CreateServer = (options: ServerOptions, ...rest: never[]) => Http2Server;
type Http2 = Record<"createServer" | "createSecureServer", CreateServer>;

export interface ServerAdjustments {
  /** Further options of the HTTP/2 server, such as `handshakeTimeout`. */
  options?: object;
  /** Told of each server before it listens. */
  onServer?: (server: Http2Server) => void;
}

/**
 * Runs `listen`, and gives the HTTP/2 servers that are created meanwhile the large window. grpc-js 1.14 has an option
 * for it (`grpc-node.flow_control_window`) that only its client heeds: https://github.com/grpc/grpc-node/issues/2429.
 * Can go when its server heeds it too. The same way reaches what else grpc-js does not pass on.
 */
export async function withLargeWindows<T>(
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
    const server = original({ ...options, ...further, settings }, ...rest);
    server.on("session", (session) => session.setLocalWindowSize(BULK_WINDOW_BYTES));
    onServer?.(server);
    return server;
  };
}
