/**
 * A certificate of version 3 by RFC 5280, section 4.1, which Node cannot make by itself. It is valid from 2000 to
 * 9999: it is known by its fingerprint, and a clock that is wrong must not break that. It is no CA.
 */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { bits, der, identifier, integer, octets, sequence, text } from "./der.js";

/** Both as PEM. */
export interface KeyAndCertificate {
  key: string;
  certificate: string;
}

const NAME = "sloth-agent";
const ECDSA_WITH_SHA256 = sequence(identifier("2a8648ce3d040302"));
const COMMON_NAME = identifier("550403");
const SUBJECT_ALTERNATIVE_NAME = identifier("551d11");

/** Makes a key (P-256) and the certificate that it signs for itself. */
export function makeSelfSignedCertificate(): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const body = contentsOf(publicKey.export({ type: "spki", format: "der" }));
  const certificate = sequence(body, ECDSA_WITH_SHA256, bits(sign("sha256", body, privateKey)));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: toPem(certificate),
  };
}

function contentsOf(publicKey: Uint8Array): Buffer {
  const version3 = der(0xa0, integer(Buffer.from([2])));
  const serial = randomBytes(16);
  // Positive, and as short as it can be.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const name = sequence(der(0x31, sequence(COMMON_NAME, text(NAME))));
  const from = der(0x17, Buffer.from("000101000000Z"));
  const until = der(0x18, Buffer.from("99991231235959Z"));
  const names = sequence(der(0x82, Buffer.from(NAME)));
  const extensions = der(0xa3, sequence(sequence(SUBJECT_ALTERNATIVE_NAME, octets(names))));
  const validity = sequence(from, until);
  return sequence(version3, integer(serial), ECDSA_WITH_SHA256, name, validity, name, publicKey, extensions);
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
