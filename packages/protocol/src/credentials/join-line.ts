/**
 * The line that an agent prints and a master is given: `sloth1.<certificate sha256>.<secret>`, all in base64url.
 *
 * 1. The fingerprint is the SHA-256 of the agent's certificate: 32 bytes, 43 characters.
 * 2. The secret is the token and a check of the line: 32 + 4 bytes, 48 characters.
 * 3. The check is the beginning of SHA-256 over all that stands before it, so that one wrong character anywhere is
 *    known for a mistyped line, not taken for another agent.
 */
import { createHash } from "node:crypto";
import { CredentialError } from "./credential-error.js";

export interface JoinLine {
  /** As {@link fingerprintOf} gives it. */
  fingerprint: string;
  /** 256 bits in base64url. */
  token: string;
}

const VERSION = "sloth1";
const FINGERPRINT_LENGTH = 43;
const SECRET_LENGTH = 48;
const TOKEN_BYTES = 32;
const CHECK_BYTES = 4;

export function formatJoinLine({ fingerprint, token }: JoinLine): string {
  const bytes = Buffer.from(token, "base64url");
  const secret = Buffer.concat([bytes, checkOf(fingerprint, bytes)]).toString("base64url");
  return `${VERSION}.${fingerprint}.${secret}`;
}

/** @throws {CredentialError} JOIN_LINE; the message does not repeat the line, which is a secret */
export function parseJoinLine(typed: string): JoinLine {
  const [version = "", fingerprint = "", secret = "", ...more] = typed.trim().split(".");
  if (/\s/.test(typed.trim())) throw mistake("has a space or a line break inside", AGAIN);
  if (/^sloth\d+$/.test(version) && version !== VERSION)
    throw mistake(`is of another version (${version})`, "Use the same version of sloth on both machines.");
  if (version !== VERSION) throw mistake(`does not begin with "${VERSION}."`, AGAIN);
  if (more.length > 0 || secret === "") throw mistake("does not have three parts with dots between", AGAIN);
  requirePart(fingerprint, "second", FINGERPRINT_LENGTH);
  requirePart(secret, "third", SECRET_LENGTH);
  const bytes = Buffer.from(secret, "base64url");
  const token = bytes.subarray(0, TOKEN_BYTES);
  if (!checkOf(fingerprint, token).equals(bytes.subarray(TOKEN_BYTES)))
    throw mistake("is mistyped: its check does not fit", AGAIN);
  return { fingerprint, token: token.toString("base64url") };
}

const AGAIN = "Copy it again as a whole from the agent's machine: npx @sloth/agent init";

function requirePart(part: string, which: string, length: number): void {
  if (/[^\w-]/.test(part)) throw mistake(`has a character in its ${which} part that cannot be there`, AGAIN);
  const missing = length - part.length;
  if (missing === 0) return;
  const by = `${Math.abs(missing)} character${Math.abs(missing) === 1 ? "" : "s"}`;
  throw mistake(`has ${by} too ${missing > 0 ? "few" : "many"} in its ${which} part`, AGAIN);
}

function checkOf(fingerprint: string, token: Uint8Array): Buffer {
  const hash = createHash("sha256").update(`${VERSION}.${fingerprint}.`).update(token).digest();
  return hash.subarray(0, CHECK_BYTES);
}

function mistake(what: string, todo: string): CredentialError {
  return new CredentialError("JOIN_LINE", `The join line ${what}. ${todo}`);
}
