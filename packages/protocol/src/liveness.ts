/**
 * How each end of a connection notices that nobody is there any more, though nothing says so.
 *
 * 1. The agent sends a ping on every connection each two seconds; whoever is alive answers.
 * 2. Each end ends a connection that shows no life for eight seconds. What is received is a sign of life, of whatever
 *    kind; and while more waits to be sent than the kernel takes, so is that it takes some: the other end has
 *    confirmed what it had taken before.
 * 3. It is ended by a reset: an orderly end waits in the kernel behind what nobody confirms. Where packets vanish in one
 *    direction alone, the reset tells the other end.
 *
 * The keepalive of gRPC-js wants the answer to its ping instead. Where a line is slow, that waits behind contents; and
 * Node's HTTP/2 reads nothing while it waits to send (`Http2Session::MaybeStopReading`). Every transfer was cut off that
 * took longer than its patience. Most of the time is patience here too: on a machine that has more to do than it can, a
 * live peer needs seconds for an answer.
 *
 * Non-guarantee: a line that carries less than 50 KB/s may count as dead while contents are sent.
 */
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { ChannelCredentials } from "@grpc/grpc-js";

const PING_MS = 2000;
const LOOK_MS = 500;
/** It is the looks that count: a process that was suspended has not listened. */
const SILENT_LOOKS = 16;
/** Each may wait for its answer as long as a transfer takes. */
export const MOST_OUTSTANDING_PINGS = 10_000;

/** In bytes. */
interface Traffic {
  received: number;
  /** What was given to be sent. */
  given: number;
  /** What of it the kernel has not taken yet. */
  waiting: number;
}

/** Exported for its test. */
export function isSignOfLife(before: Traffic, now: Traffic): boolean {
  if (now.received !== before.received) return true;
  return before.waiting > 0 && (now.given !== before.given || now.waiting !== before.waiting);
}

/** The agent's end: lets those who are connected hear something, and ends connections that show no life. */
export function endSilentConnectionsOf(server: Http2Server): void {
  server.prependListener("connection", endWhenSilent);
  server.on("session", pingRegularly);
}

function pingRegularly(session: ServerHttp2Session): void {
  const pinging = setInterval(() => {
    // What becomes of it does not matter: anything that comes from there counts.
    if (!session.destroyed) session.ping(() => {});
  }, PING_MS).unref();
  session.once("close", () => clearInterval(pinging));
}

/**
 * The master's end: the same credentials, whose connections are looked at. gRPC-js shows a connection nowhere else. Can go
 * when its keepalive counts whatever is received, as that of gRPC's other implementations does.
 */
export function endingSilentConnections(credentials: ChannelCredentials): ChannelCredentials {
  const create = credentials._createSecureConnector.bind(credentials);
  credentials._createSecureConnector = (...args) => {
    const connector = create(...args);
    const connect = connector.connect.bind(connector);
    connector.connect = (plain) => {
      endWhenSilent(plain);
      return connect(plain);
    };
    return connector;
  };
  return credentials;
}

function endWhenSilent(socket: Socket): void {
  let known = trafficOf(socket);
  let silentLooks = 0;
  const looking = setInterval(() => {
    const now = trafficOf(socket);
    silentLooks = isSignOfLife(known, now) ? 0 : silentLooks + 1;
    known = now;
    if (silentLooks >= SILENT_LOOKS) socket.resetAndDestroy();
  }, LOOK_MS).unref();
  socket.once("close", () => clearInterval(looking));
}

/** Of the plain socket, below TLS. `_handle` is Node's own; without it only what is received counts. */
function trafficOf(socket: Socket): Traffic {
  const { bytesRead, _handle } = socket as Socket & {
    readonly _handle?: { readonly bytesWritten?: number; readonly writeQueueSize?: number } | null;
  };
  return {
    received: bytesRead,
    given: _handle?.bytesWritten ?? 0,
    waiting: _handle?.writeQueueSize ?? 0,
  };
}
