import type { Server, Socket } from "node:net";

/** From the connection to the first call that shows a credential, the TLS handshake included. */
const DEADLINE_MS = 10_000;
/** For the last answer to leave. */
const LAST_WORDS_MS = 500;
/** So many may be open at once; one more ends the oldest. */
const MOST_CONNECTIONS = 256;

/** Connections whose callers have not shown yet who they are: few, and not for long. */
export class UnprovenConnections {
  readonly #connections = new Map<string, { socket: Socket; deadline: NodeJS.Timeout }>();
  readonly #deadlineMs: number;

  constructor({ deadlineMs = DEADLINE_MS }: { deadlineMs?: number | undefined } = {}) {
    this.#deadlineMs = deadlineMs;
  }

  /** Watches those that come to a server. */
  watch(server: Server): void {
    server.prependListener("connection", (socket: Socket) => this.#add(socket));
  }

  /** Lets a connection live. @param peer - its `address:port` */
  admit(peer: string): void {
    clearTimeout(this.#connections.get(peer)?.deadline);
    this.#connections.delete(peer);
  }

  /** Ends a connection before its time, unless it has been admitted. */
  endSoon(peer: string): void {
    const known = this.#connections.get(peer);
    if (!known) return;
    clearTimeout(known.deadline);
    known.deadline = endAfter(known.socket, LAST_WORDS_MS);
  }

  #add(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#connections.set(peer, { socket, deadline: endAfter(socket, this.#deadlineMs) });
    socket.once("close", () => {
      if (this.#connections.get(peer)?.socket === socket) this.admit(peer);
    });
    const [oldest] = this.#connections.values();
    if (this.#connections.size > MOST_CONNECTIONS) oldest?.socket.destroy();
  }
}

function endAfter(socket: Socket, ms: number): NodeJS.Timeout {
  return setTimeout(() => socket.destroy(), ms).unref();
}
