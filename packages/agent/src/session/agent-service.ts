import { randomBytes } from "node:crypto";
import {
  type AgentServiceImplementation,
  type ExecuteResponse,
  negotiateFeatures,
  negotiateProtocol,
  type TransferPart,
} from "@sloth/protocol";
import type { TraceHeaders } from "../events/agent-event.js";
import type { CallMetadata } from "../trust/gate.js";
import { describeMachine, describeStatus } from "./agent-status.js";
import { Session, type SessionCall, type SessionContext } from "./session.js";
import { sessionError } from "./session-end.js";
import { withResolvers } from "./with-resolvers.js";

/** The gRPC service over the sessions of one agent. */
export interface AgentService extends AgentServiceImplementation {
  /** Resolves when no session is left. */
  idle(): Promise<void>;
}

export interface ServiceOptions {
  softwareVersion: string;
  /** Who makes a call. */
  callerOf(metadata: CallMetadata): string;
}

export function createAgentService(
  context: SessionContext,
  { softwareVersion, callerOf }: ServiceOptions,
): AgentService {
  const instanceId = randomBytes(16).toString("hex");
  const sessions = new Set<Promise<void>>();

  async function* execute(call: SessionCall, signal: AbortSignal) {
    const session = withResolvers<void>();
    sessions.add(session.promise);
    try {
      yield* new Session(context, call).run(signal);
    } finally {
      sessions.delete(session.promise);
      session.resolve();
    }
  }

  async function upload(requests: AsyncIterable<TransferPart>) {
    const parts = requests[Symbol.asyncIterator]();
    const first = (await parts.next()).value?.part;
    const id = first?.$case === "header" ? first.header.transferId : undefined;
    const endpoint = context.registry.transfer(id);
    return { received: await endpoint.upload({ [Symbol.asyncIterator]: () => parts }) };
  }

  return {
    async hello({ protocolMin, protocolMax, features }) {
      const protocol = withRpcErrors(() => negotiateProtocol({ min: protocolMin, max: protocolMax }));
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
        ...describeMachine(),
      };
    },
    status: async (request, { metadata }) => {
      const { trees, ...rest } = context;
      return describeStatus(request, { ...rest, all: trees, own: trees.of(callerOf(metadata)) });
    },
    execute: (requests, { metadata, signal }): AsyncGenerator<ExecuteResponse> =>
      streamWithRpcErrors(
        execute({ caller: callerOf(metadata), trace: traceOf(metadata), requests }, signal),
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
