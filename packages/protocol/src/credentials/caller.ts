import type { PeerCertificate } from "node:tls";
import type { Metadata } from "nice-grpc-common";

/** The header in which a server's guard tells its handlers who calls. What a caller sends in it is overwritten. */
const HEADER = "sloth-caller";

/** The name by which a certificate is known to its CA, such as `CN=ci,O=acme`; it stays when the certificate is renewed. */
export function subjectOf({ subject, fingerprint256 }: PeerCertificate): string {
  const parts = Object.entries(subject ?? {}).flatMap(([type, values]) =>
    // An attribute may be there more than once.
    [values].flat().map((value) => `${type}=${encodeURIComponent(String(value))}`),
  );
  return parts.length > 0 ? parts.join(",") : fingerprint256;
}

export function noteCaller(metadata: { set(name: string, value: string): void }, caller: string): void {
  metadata.set(HEADER, caller);
}

/**
 * Who made a call, in a handler of a server whose guard asks for certificates: the subject of the certificate.
 * Behind any other guard it is what the caller likes to say.
 */
export function callerOf(metadata: Pick<Metadata, "get">): string {
  return metadata.get(HEADER) ?? "";
}
