import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";

/** Stops gRPC from writing to stderr by itself; its errors reach the caller anyway. For command lines: it is process-wide. */
export function quietGrpc(): void {
  setLogVerbosity(logVerbosity.NONE);
}
