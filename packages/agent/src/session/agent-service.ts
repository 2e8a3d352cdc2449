import { randomBytes } from "node:crypto";
import {
  type AgentServiceImplementation,
  type ExecuteRequest,
  type ExecuteResponse,
  NOT_STARTED_TRAILER,
  negotiateFeatures,
  negotiateProtocol,
  type Open,
  ProtocolError,
  SUPPORTED_PROTOCOLS,
  type TransferPart,
  WIRE_LIMITS,
} from "@sloth/protocol";
import type { CallContext } from "nice-grpc-common";
import type { TraceHeaders } from "../events/agent-event.js";
import type { CallMetadata } from "../trust/gate.js";
import { describeMachine, describeStatus } from "./agent-status.js";
import { Session, type SessionCall, type SessionContext, type SessionStream } from "./session.js";
import { SessionEnd, sessionError } from "./session-end.js";
import { checkAttach, checkOpen } from "./wire.js";
import { withResolvers } from "./with-resolvers.js";

/** Of a version that is repeated to whoever tells it. */
const LONGEST_VERSION = 64;

/** The gRPC service over the sessions of one agent. */
export interface AgentService extends AgentServiceImplementation {
  /** Resolves when no session is left. */
  idle(): Promise<void>;
}

/** One `Execute` call. */
interface ExecuteCall extends Omit<SessionCall, "open"> {
  /** Goes to the master at the end. */
  trailer: CallContext["trailer"];
  requests: AsyncIterable<ExecuteRequest>;
  /** Aborted when it is gone. */
  lost: AbortSignal;
}

export interface ServiceOptions {
  softwareVersion: string;
  /** Who makes a call. */
  callerOf(metadata: CallMetadata): string;
  /** What its operator says of it. */
  labels: Readonly<Record<string, string>>;
}

export function createAgentService(
  context: SessionContext,
  { softwareVersion, callerOf, labels }: ServiceOptions,
): AgentService {
  const instanceId = randomBytes(16).toString("hex");
  const sessions = new Set<Promise<void>>();

  async function* execute({ caller, trace, trailer, requests, lost }: ExecuteCall) {
    const frames = requests[Symbol.asyncIterator]();
    const open = await receiveOpen(frames, lost);
    const stream = { requests: { [Symbol.asyncIterator]: () => frames }, lost };
    if (open.attach) {
      const { idempotencyKey, attach } = checkAttach(open);
      yield* context.registry.join(idempotencyKey, caller).serve(stream, attach);
    } else yield* serveFirst(begin({ caller, trace, open: checkOpen(open) }), stream, trailer);
  }

  /** Whoever does not hear the end of it needs to know whether it had begun. */
  async function* serveFirst(session: Session, stream: SessionStream, trailer: CallContext["trailer"]) {
    try {
      yield* session.serve(stream);
    } catch (error) {
      if (!session.hasStarted) trailer.set(NOT_STARTED_TRAILER, "1");
      throw error;
    }
  }

  function begin(call: SessionCall): Session {
    const session = new Session(context, call);
    sessions.add(session.over);
    void session.over.finally(() => sessions.delete(session.over));
    return session;
  }

  async function upload(requests: AsyncIterable<TransferPart>) {
    const parts = requests[Symbol.asyncIterator]();
    const first = (await parts.next()).value?.part;
    const id = first?.$case === "header" ? first.header.transferId : undefined;
    const endpoint = context.registry.transfer(id);
    return { received: await endpoint.upload({ [Symbol.asyncIterator]: () => parts }) };
  }

  return {
    async hello({ protocolMin, protocolMax, features, softwareVersion: theirVersion }) {
      const theirs = { min: protocolMin, max: protocolMax, version: theirVersion.slice(0, LONGEST_VERSION) };
      const ours = { ...SUPPORTED_PROTOCOLS, version: softwareVersion };
      const protocol = withRpcErrors(() => negotiateProtocol(theirs, ours));
      const slots = context.slots.slots;
      const common = negotiateFeatures(features);
      return {
        protocol,
        features: common,
        softwareVersion,
        instanceId,
        slots,
        os: process.platform,
        arch: process.arch,
        labels,
        ...describeMachine(),
      };
    },
    status: async (request, { metadata }) => {
      const { trees, ...rest } = context;
      return describeStatus(request, { ...rest, all: trees, own: trees.of(callerOf(metadata)) });
    },
    execute: (requests, { metadata, signal, trailer }): AsyncGenerator<ExecuteResponse> =>
      streamWithRpcErrors(
        execute({ caller: callerOf(metadata), trace: traceOf(metadata), trailer, requests, lost: signal }),
      ),
    upload: (requests) =>
      upload(requests).catch((error) => {
        throw sessionError(error);
      }),
    download: ({ header, isSlow }) =>
      streamWithRpcErrors(
        withRpcErrors(() => context.registry.transfer(header?.transferId).download({ isSlow })),
      ),
    async idle() {
      while (sessions.size > 0) await Promise.all(sessions);
    },
  };
}

/** The first frame of a stream. @throws {SessionEnd} when none comes in time; {ProtocolError} when it is another one */
async function receiveOpen(frames: AsyncIterator<ExecuteRequest>, lost: AbortSignal): Promise<Open> {
  const impatience = withResolvers<never>();
  const timer = setTimeout(
    () => impatience.reject(new SessionEnd("broken", "the master opened a stream and said nothing")),
    WIRE_LIMITS.openTimeoutMs,
  );
  const onLost = () => impatience.reject(new SessionEnd("lost", "the connection to the master was lost"));
  lost.addEventListener("abort", onLost);
  try {
    const { value } = await Promise.race([frames.next(), impatience.promise]);
    const frame = value?.frame;
    if (frame?.$case === "open") return frame.open;
    throw new ProtocolError(
      "UNEXPECTED_FRAME",
      `The master sent ${frame?.$case ?? "nothing"} where open was expected.`,
    );
  } finally {
    clearTimeout(timer);
    lost.removeEventListener("abort", onLost);
  }
}

function traceOf(metadata: CallMetadata): TraceHeaders {
  const [traceparent, tracestate] = [metadata.get("traceparent"), metadata.get("tracestate")];
  return { ...(traceparent && { traceparent }), ...(traceparent && tracestate && { tracestate }) };
}

function withRpcErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sessionError(error);
  }
}

async function* streamWithRpcErrors<T>(stream: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw sessionError(error);
  }
}
