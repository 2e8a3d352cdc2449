import { X509Certificate } from "node:crypto";
import type { OwnAuthority } from "@sloth/protocol";
import { AgentLost } from "./agent-lost.js";

export interface AuthorityFailure {
  trust: OwnAuthority;
  /** What the agent shows, as PEM. */
  shown: string;
  /** What gRPC says. */
  details: string;
}

/** Why two ends that know each other by a CA did not come together. */
export function explainAuthority(name: string, { trust, shown, details }: AuthorityFailure): AgentLost {
  const reason = reasonOf(name, { trust, shown, details });
  return new AgentLost(`${reason}. Nothing was sent to it`, {
    reason,
    isBeforeStart: true,
    isDistrust: true,
  });
}

function reasonOf(name: string, { trust, shown, details }: AuthorityFailure): string {
  const certificate = new X509Certificate(shown);
  const now = Date.now();
  if (Date.parse(certificate.validTo) < now)
    return `The certificate of the agent at ${name} has expired (${certificate.validTo}): renew it there`;
  if (Date.parse(certificate.validFrom) > now)
    return `The certificate of the agent at ${name} is not valid yet (${certificate.validFrom}): is a clock wrong?`;
  if (/issuer|self.signed|unable to (get|verify)|CERT_UNTRUSTED|INVALID_CA/i.test(details))
    return `The certificate of the agent at ${name} is not signed by --tls-ca`;
  if (/altname|does not match/i.test(details))
    return `The certificate of the agent at ${name} is made out to another name (${certificate.subjectAltName ?? certificate.subject})`;
  if (isExpired(trust.certificate, now))
    return `The certificate of --tls-cert has expired, so ${name} refuses it`;
  return `The agent at ${name} does not accept the certificate of --tls-cert, or ended the connection: ${details}`;
}

function isExpired(certificate: string, now: number): boolean {
  return Date.parse(new X509Certificate(certificate).validTo) < now;
}
