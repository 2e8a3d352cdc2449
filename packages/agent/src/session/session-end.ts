import { rpcError } from "@sloth/protocol";
import { ServerError, Status } from "nice-grpc-common";
import { TakenOver } from "./frame-log.js";

/** Why a session stops before its time; the first one wins. */
export type SessionEndCause =
  /** The master asked for it and listens for the result. */
  | "cancelled"
  /** The stream broke. */
  | "lost"
  | "lease-ended"
  | "shutdown"
  /** The master sent what does not belong. */
  | "broken";

/** The reason that a session's signal is aborted with. */
export class SessionEnd extends Error {
  override name = "SessionEnd";
  constructor(
    readonly end: SessionEndCause,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a handler throws for anything that ended a session. */
export function sessionError(error: unknown): Error {
  if (error instanceof TakenOver) return new ServerError(Status.ABORTED, error.message);
  return error instanceof SessionEnd ? new ServerError(statuses[error.end], error.message) : rpcError(error);
}

const statuses: Record<SessionEndCause, Status> = {
  cancelled: Status.CANCELLED,
  lost: Status.CANCELLED,
  "lease-ended": Status.DEADLINE_EXCEEDED,
  shutdown: Status.ABORTED,
  broken: Status.INVALID_ARGUMENT,
};
