/**
 * A TCP proxy on loopback that behaves as a bad or a long line.
 *
 * 1. Bytes enter a direction's line when the kernel hands them over, and are due after the time that they take on the
 *    wire (`bytesPerSecond`, a token bucket) and then `oneWayDelayMs`. Nothing else limits how much is under way: a
 *    delay does not throttle.
 * 2. Reading stops when the receiver does not take what is due. Thus memory is bounded by bandwidth × delay, and
 *    a slow receiver slows the sender.
 * 3. A new connection carries nothing for the round trip that its handshake would have cost.
 *
 * It does not lose, reorder or duplicate packets, and has no slow start: the kernel at each end sees loopback. The
 * delay is true to a millisecond or so, which is as fine as timers are.
 */
import { type AddressInfo, createServer, connect as openSocket, type Server, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { Flow } from "./flow.js";
import { Line } from "./line.js";

/** Seen from the one who connects to the proxy. */
export type Direction = "toTarget" | "toClient";

export interface LineSettings {
  /** Half of the round trip. Default 0. */
  oneWayDelayMs?: number;
  /** In each direction, over all connections. Default Infinity. */
  bytesPerSecond?: number;
}

/** Any call may come at any time, and holds for connections that are open and for later ones. */
export interface TcpProxy {
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  /** Bytes handed on in each direction, over all connections. */
  readonly bytes: Readonly<Record<Direction, number>>;
  readonly openConnections: number;
  /** Changes the line; what is under way keeps its time. */
  set(settings: LineSettings): void;
  /** Hands on nothing more in this direction, or in both, and stops reading; connections stay open. */
  stall(direction?: Direction): void;
  /** Ends a stall. */
  resume(direction?: Direction): void;
  /** Resets (RST) all connections now. Later ones are served. */
  cut(): void;
  /**
   * Resets all connections when `bytes[direction]` reaches `atBytes`, or at once when it has; in that direction not
   * one byte more is handed on. One cut for each direction can be outstanding. Resolves when it has happened; never,
   * when it does not.
   */
  cutAt(direction: Direction, atBytes: number): Promise<void>;
  /** Resets all connections and listens no more. May be called twice. */
  close(): Promise<void>;
}

export async function startTcpProxy(options: { targetPort: number } & LineSettings): Promise<TcpProxy> {
  const pairs = new Set<() => void>();
  const cut = () => {
    for (const reset of pairs) reset();
  };
  const lines: Record<Direction, Line> = { toTarget: new Line(cut), toClient: new Line(cut) };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = openSocket({
      port: options.targetPort,
      host: "127.0.0.1",
      allowHalfOpen: true,
      noDelay: true,
    });
    joinSockets({ client, target, lines, pairs });
  });
  const port = await listen(server);
  const proxy: TcpProxy = {
    port,
    get bytes() {
      return { toTarget: lines.toTarget.bytes, toClient: lines.toClient.bytes };
    },
    get openConnections() {
      return pairs.size;
    },
    set: (settings) => setLines(Object.values(lines), settings),
    stall: (direction) => hold(lines, true, direction),
    resume: (direction) => hold(lines, false, direction),
    cut,
    cutAt: (direction, atBytes) => lines[direction].cutAt(atBytes),
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  proxy.set(options);
  return proxy;
}

interface Joined {
  client: Socket;
  target: Socket;
  lines: Record<Direction, Line>;
  /** How to reset each pair that is open. */
  pairs: Set<() => void>;
}

function joinSockets({ client, target, lines, pairs }: Joined): void {
  const openAtMs = performance.now() + lines.toTarget.oneWayDelayMs + lines.toClient.oneWayDelayMs;
  const flows = [
    new Flow({ source: client, sink: target, line: lines.toTarget, openAtMs }),
    new Flow({ source: target, sink: client, line: lines.toClient, openAtMs }),
  ];
  const reset = () => {
    for (const flow of flows) flow.stop();
    client.resetAndDestroy();
    target.resetAndDestroy();
  };
  pairs.add(reset);
  let open = 2;
  for (const socket of [client, target]) {
    socket.on("error", reset);
    socket.on("close", () => {
      if (--open > 0) return;
      pairs.delete(reset);
      for (const flow of flows) flow.stop();
    });
  }
}

function setLines(lines: Line[], settings: LineSettings): void {
  for (const line of lines) {
    line.oneWayDelayMs = settings.oneWayDelayMs ?? line.oneWayDelayMs;
    line.bytesPerSecond = settings.bytesPerSecond ?? line.bytesPerSecond;
  }
}

function hold(lines: Record<Direction, Line>, isHeld: boolean, direction?: Direction): void {
  for (const [name, line] of Object.entries(lines)) {
    if (direction === undefined || name === direction) line.isHeld = isHeld;
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
