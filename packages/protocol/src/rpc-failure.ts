import { ClientError, ServerError, Status } from "nice-grpc-common";
import { ProtocolError } from "./protocol-error.js";

/** What a failed call means to the caller. */
export interface RpcFailure {
  kind: /** Nobody answers at the address, or the connection broke. */
    | "unavailable"
    /** The agent refused: it has no such thing, or the state does not allow it. */
    | "refused"
    /** The agent has no such thing, and never had. */
    | "unknown-there"
    /** The caller did not show the right credential. */
    | "unauthenticated"
    /** The caller cancelled it. */
    | "cancelled"
    | "timed-out"
    | "broken";
  /** The peer's text, for a person. */
  details: string;
}

/** Reads an error that a call of a nice-grpc client threw. */
export function describeRpcFailure(error: unknown): RpcFailure {
  if (error instanceof ClientError)
    return { kind: failureKinds[error.code] ?? "broken", details: error.details };
  if (error instanceof Error && error.name === "AbortError")
    return { kind: "cancelled", details: "cancelled" };
  if (error instanceof Error && error.name === "TimeoutError")
    return { kind: "timed-out", details: "no answer in time" };
  return { kind: "broken", details: error instanceof Error ? error.message : String(error) };
}

/** Whether a call failed with its connection, so that another connection may find the agent as it was. */
export function isBrokenConnection(error: unknown): boolean {
  if (!(error instanceof ClientError)) return false;
  const { code, details } = error;
  // What grpc-js makes of the streams of a process that was killed.
  return code === Status.UNAVAILABLE || code === Status.CANCELLED || details.includes("RST_STREAM");
}

const failureKinds: Partial<Record<Status, RpcFailure["kind"]>> = {
  [Status.UNAVAILABLE]: "unavailable",
  [Status.CANCELLED]: "cancelled",
  [Status.DEADLINE_EXCEEDED]: "timed-out",
  [Status.INVALID_ARGUMENT]: "refused",
  [Status.FAILED_PRECONDITION]: "refused",
  [Status.ALREADY_EXISTS]: "refused",
  [Status.NOT_FOUND]: "unknown-there",
  [Status.RESOURCE_EXHAUSTED]: "refused",
  [Status.ABORTED]: "refused",
  [Status.UNAUTHENTICATED]: "unauthenticated",
};

/**
 * What a handler throws so that the caller reads a code and a text: gRPC hides the text of any other error.
 * A {@link ProtocolError} keeps its meaning; anything else is INTERNAL with its message.
 */
export function rpcError(error: unknown): Error {
  if (error instanceof ServerError || (error instanceof Error && error.name === "AbortError")) return error;
  if (error instanceof ProtocolError) return new ServerError(protocolStatus[error.code], error.message);
  return new ServerError(Status.INTERNAL, error instanceof Error ? error.message : String(error));
}

const protocolStatus: Record<ProtocolError["code"], Status> = {
  NO_COMMON_VERSION: Status.FAILED_PRECONDITION,
  UNEXPECTED_FRAME: Status.INVALID_ARGUMENT,
  LIMIT: Status.RESOURCE_EXHAUSTED,
  DIGEST_MISMATCH: Status.INVALID_ARGUMENT,
};
