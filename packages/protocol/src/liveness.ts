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
 * Non-guarantee: a line that carries less than 20 KB/s may count as dead while contents are sent.
 */
import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { ChannelCredentials } from "@grpc/grpc-js";

const PING_MS = 2000;
const LOOK_MS = 500;
/** It is the looks that count: a process that was suspended has not listened. */
const SILENT_LOOKS = 16;
/** Each may wait for its answer as long as a transfer takes. */
export const MOST_OUTSTANDING_PINGS = 10_000;

/** `_handle` is Node's own; without it only what is received counts. */
interface WatchedSocket {
  readonly bytesRead: number;
  readonly _handle?: { readonly bytesWritten?: number; readonly writeQueueSize?: number } | null;
}

/** `_parent` is Node's own: the plain socket below TLS. */
type SessionSocket = Socket & { readonly _parent?: Socket | null };

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

/** The agent's end of a connection: lets the other one hear something, and looks for signs of life. */
export function keepServerSession(session: ServerHttp2Session): void {
  const stop = whenSilent(
    () => (session.destroyed ? { bytesRead: 0 } : session.socket),
    () => reset(session),
  );
  const pinging = setInterval(() => {
    // What becomes of it does not matter: anything that comes from there counts.
    if (!session.destroyed) session.ping(() => {});
  }, PING_MS).unref();
  session.once("close", () => {
    stop();
    clearInterval(pinging);
  });
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
    connector.connect = async (plain) => {
      const connected = await connect(plain);
      const { socket } = connected;
      const stop = whenSilent(
        () => socket,
        () => plain.resetAndDestroy(),
      );
      socket.once("close", stop);
      return connected;
    };
    return connector;
  };
  return credentials;
}

function reset(session: ServerHttp2Session): void {
  if (session.destroyed) return;
  const socket = session.socket as SessionSocket;
  const plain = socket._parent ?? socket;
  if ("authorized" in plain) session.destroy();
  else plain.resetAndDestroy();
}

/** Calls `end` when there is no sign of life for long. Gives what stops looking. */
function whenSilent(socket: () => WatchedSocket, end: () => void): () => void {
  let known = trafficOf(socket());
  let silentLooks = 0;
  const looking = setInterval(() => {
    const now = trafficOf(socket());
    silentLooks = isSignOfLife(known, now) ? 0 : silentLooks + 1;
    known = now;
    if (silentLooks >= SILENT_LOOKS) end();
  }, LOOK_MS).unref();
  return () => clearInterval(looking);
}

function trafficOf({ bytesRead, _handle }: WatchedSocket): Traffic {
  return {
    received: bytesRead,
    given: _handle?.bytesWritten ?? 0,
    waiting: _handle?.writeQueueSize ?? 0,
  };
}
