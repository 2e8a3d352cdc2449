import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CredentialError, readPrivateFile, writePrivateFile } from "@sloth/protocol";
import { fileVersion } from "./file-version.js";
import { type KeyAndCertificate, makeSelfSignedCertificate } from "./self-signed-certificate.js";

/** What an agent made at its first start: a key, its certificate, and a token of 256 bits in base64url. */
export interface OwnCredentials extends KeyAndCertificate {
  token: string;
}

/** Key, certificate and token are one file, so that they are there together or not at all. */
export function credentialsPath(stateDirectory: string): string {
  return join(stateDirectory, "credentials.json");
}

/**
 * Reads those of a state directory, and makes them where there are none. Agents that start at once make the same.
 * @throws {CredentialError} NOT_PRIVATE, DAMAGED
 */
export async function openOwnCredentials(stateDirectory: string): Promise<OwnCredentials> {
  const path = credentialsPath(stateDirectory);
  const known = await readPrivateFile(path);
  if (known !== undefined) return parse(known, path);
  const made = { ...makeSelfSignedCertificate(), token: makeToken() };
  await writePrivateFile(path, serialise(made), { isNew: true });
  return parse((await readPrivateFile(path)) ?? "", path);
}

/** Makes another token; whoever has the old one is refused from now on. */
export async function rotateToken(stateDirectory: string): Promise<OwnCredentials> {
  const { key, certificate } = await openOwnCredentials(stateDirectory);
  const rotated = { key, certificate, token: makeToken() };
  await writePrivateFile(credentialsPath(stateDirectory), serialise(rotated));
  return rotated;
}

/** The token as it is now, also after another process has made a new one. */
export function currentToken(stateDirectory: string, { token }: OwnCredentials): () => string {
  const path = credentialsPath(stateDirectory);
  let current = token;
  let seen = fileVersion(path);
  return () => {
    const version = fileVersion(path);
    if (version === seen) return current;
    seen = version;
    try {
      current = parse(readFileSync(path, "utf8"), path).token;
    } catch {
      // Removed or damaged: the next start says so; until then the token is the one that was read.
    }
    return current;
  };
}

function makeToken(): string {
  return randomBytes(32).toString("base64url");
}

function serialise({ key, certificate, token }: OwnCredentials): string {
  return `${JSON.stringify({ version: 1, key, certificate, token }, undefined, 2)}\n`;
}

function parse(text: string, path: string): OwnCredentials {
  try {
    const { key, certificate, token } = JSON.parse(text);
    if ([key, certificate, token].every((part) => typeof part === "string" && part !== ""))
      return { key, certificate, token };
  } catch {
    // Said below, without what the file holds.
  }
  throw new CredentialError(
    "DAMAGED",
    `${path} is damaged. Remove it, and the agent makes new credentials: rm ${path}. Masters must then add it again.`,
  );
}
