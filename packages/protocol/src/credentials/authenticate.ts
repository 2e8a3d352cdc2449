import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import { noteCaller, subjectOf } from "./caller.js";
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
  /** Told of the first failures of an address in a minute, so that nobody can fill a log. */
  onRefused?: (address: string, problem: string) => void;
}

/** Stands between the network and the handlers of a server; for its option `interceptors`. */
export type CallGuard = ServerInterceptor;

/**
 * Stands before every method of every service of a server: what it refuses, no handler hears of, and no message of it is
 * read. A right credential is never refused for the failures of others at its address; after too many, each further
 * connection there ends soon.
 */
export function authenticate({ proof, connections, onRefused }: AuthenticateOptions): CallGuard {
  const failures = new FailureLimit();
  function refuse(peer: string, problem: string): StatusObject {
    const address = peer.slice(0, peer.lastIndexOf(":"));
    const isOneTooMany = failures.add(address);
    if (!isOneTooMany) onRefused?.(address, problem);
    connections.refuse(peer, { isLast: isOneTooMany });
    return { code: status.UNAUTHENTICATED, details: problem, metadata: new Metadata() };
  }
  return (_, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, proceed) {
            const { sslPeerCertificate: certificate } = call.getAuthContext();
            const problem = problemWith(proof, metadata, certificate !== undefined);
            if (problem !== undefined) return call.sendStatus(refuse(call.getPeer(), problem));
            connections.admit(call.getPeer());
            // No handler needs it, so none can tell of it.
            metadata.remove("authorization");
            if (certificate) noteCaller(metadata, subjectOf(certificate));
            proceed(metadata);
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
