import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { listen } from "../listen.js";
import type { AgentMetrics } from "./agent-metrics.js";

export interface StatusServerOptions {
  host: string;
  /** 0 chooses a free one. */
  port: number;
  metrics: AgentMetrics;
  /** Whether new attempts are taken. */
  isReady(): boolean;
}

/** HTTP without credentials, for those who watch: it tells counts and takes nothing. */
export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;

/**
 * Serves `/metrics` for Prometheus, `/healthz` (200 while the process lives) and `/readyz` (503 while it drains).
 * @throws {AgentError} PORT_IN_USE, PORT_FORBIDDEN, NO_SUCH_ADDRESS
 */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { host, port, metrics, isReady } = options;
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: HEADERS_TIMEOUT_MS });
  server.maxConnections = 64;
  server.on("request", ({ method, url }, response) => {
    const answer = (status: number, text: string, contentType = "text/plain; charset=utf-8") =>
      response.writeHead(status, { "content-type": contentType }).end(text);
    if (method !== "GET" && method !== "HEAD") return answer(405, "GET only\n");
    const [path] = (url ?? "").split("?");
    if (path === "/healthz") return answer(200, "alive\n");
    if (path === "/readyz") return isReady() ? answer(200, "ready\n") : answer(503, "draining\n");
    if (path !== "/metrics") return answer(404, "There are /metrics, /healthz and /readyz.\n");
    return void metrics
      .page()
      .then(({ text, contentType }) => answer(200, text, contentType))
      .catch(() => answer(500, "the metrics cannot be read\n"));
  });
  await listen(() => bind(server, { host, port }), {
    host,
    port,
    option: "--metrics-port",
    hostOption: "--metrics-host",
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bind(server: Server, place: { host: string; port: number }): Promise<void> {
  server.listen(place);
  await once(server, "listening");
}
