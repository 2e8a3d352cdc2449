import type { Server, Socket } from "node:net";

/** From the connection to the first call that shows a credential, the TLS handshake included. */
const DEADLINE_MS = 10_000;
/** For the last answer to leave. */
const LAST_WORDS_MS = 500;
/** So many may be open at once; one more ends the oldest. */
const MOST_CONNECTIONS = 256;
/** Of calls of one connection, whose headers are held until they are refused; one more ends it at once. */
const MOST_REFUSALS = 10;

interface Unproven {
  socket: Socket;
  deadline: NodeJS.Timeout;
  refusals: number;
}

/** Connections whose callers have not shown yet who they are: few, and not for long. */
export class UnprovenConnections {
  readonly #connections = new Map<string, Unproven>();
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

  /**
   * Notes that a call was refused; does nothing for a connection that has been admitted.
   * @param options.isLast - the connection ends before its time, as soon as the answer has left
   */
  refuse(peer: string, { isLast }: { isLast: boolean }): void {
    const known = this.#connections.get(peer);
    if (!known) return;
    known.refusals += 1;
    if (known.refusals > MOST_REFUSALS) known.socket.destroy();
    if (!isLast) return;
    clearTimeout(known.deadline);
    known.deadline = endAfter(known.socket, LAST_WORDS_MS);
  }

  #add(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#connections.set(peer, { socket, deadline: endAfter(socket, this.#deadlineMs), refusals: 0 });
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
