import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import { FailureLimit } from "./failure-limit.js";
import { isSameSecret } from "./same-secret.js";
import type { UnprovenConnections } from "./unproven-connections.js";

/** What a caller has to show. */
export type Proof =
  /** The token, as it is at the time of the call. */
  | { kind: "token"; current: () => string }
  /** A certificate, which TLS has verified. */
  | { kind: "certificate" };

export interface AuthenticateOptions {
  proof: Proof;
  connections: UnprovenConnections;
}

/** Stands between the network and the handlers of a server; for its option `interceptors`. */
export type CallGuard = ServerInterceptor;

/**
 * Stands before every method of every service of a server, known or not: what it refuses, no handler hears of, and no
 * message of it is read. A right credential is never refused for others' failures.
 */
export function authenticate({ proof, connections }: AuthenticateOptions): CallGuard {
  const failures = new FailureLimit();
  return (_, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, proceed) {
            const isCertified = call.getAuthContext().sslPeerCertificate !== undefined;
            const problem = problemWith(proof, metadata, isCertified);
            if (problem === undefined) {
              connections.admit(call.getPeer());
              proceed(metadata);
            } else call.sendStatus(refusal(problem, failures.add(hostOf(call.getPeer()))));
          },
        }),
    });
}

function problemWith(proof: Proof, metadata: Metadata, isCertified: boolean): string | undefined {
  if (proof.kind === "certificate") return isCertified ? undefined : "no certificate was shown";
  const shown = metadata.get("authorization");
  if (shown.length === 0) return "no token was shown";
  const isRight = shown.length === 1 && isSameSecret(String(shown[0]), `Bearer ${proof.current()}`);
  return isRight ? undefined : "the token is wrong";
}

function refusal(problem: string, isTooMany: boolean): StatusObject {
  const metadata = new Metadata();
  if (!isTooMany) return { code: status.UNAUTHENTICATED, details: problem, metadata };
  const details = `${problem}, too many times: wait a minute`;
  return { code: status.UNAUTHENTICATED, details, metadata };
}

function hostOf(peer: string): string {
  return peer.slice(0, peer.lastIndexOf(":"));
}
