import type { Server, Socket } from "node:net";

/** From the connection to the first call that shows a credential, the TLS handshake included. */
const DEADLINE_MS = 10_000;
/** So many may be open at once; one more ends the oldest. */
const MOST_CONNECTIONS = 256;

/** Connections whose callers have not shown yet who they are: few, and not for long. */
export class UnprovenConnections {
  readonly #sockets = new Map<string, Socket>();
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
    this.#sockets.delete(peer);
  }

  #add(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#sockets.set(peer, socket);
    const end = () => {
      if (this.#sockets.get(peer) !== socket) return;
      this.#sockets.delete(peer);
      socket.destroy();
    };
    const timer = setTimeout(end, this.#deadlineMs).unref();
    socket.once("close", () => {
      clearTimeout(timer);
      if (this.#sockets.get(peer) === socket) this.#sockets.delete(peer);
    });
    const [oldest] = this.#sockets.values();
    if (this.#sockets.size > MOST_CONNECTIONS) oldest?.destroy();
  }
}
