import { createHash, X509Certificate } from "node:crypto";

/** SHA-256 of a certificate (PEM or DER), in base64url: 43 characters. */
export function fingerprintOf(certificate: string | Uint8Array): string {
  return createHash("sha256").update(new X509Certificate(certificate).raw).digest("base64url");
}
