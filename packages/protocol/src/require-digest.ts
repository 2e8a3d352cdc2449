import { ProtocolError } from "./protocol-error.js";

/** @throws {ProtocolError} DIGEST_MISMATCH unless what was counted is what was announced. */
export function requireDigest(what: string, counted: string, announced: string): void {
  if (counted === announced) return;
  throw new ProtocolError("DIGEST_MISMATCH", `${what} is not what its digest says.`);
}
