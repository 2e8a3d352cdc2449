import { X509Certificate } from "node:crypto";
import type { PinnedAgent } from "./agent-trust.js";
import { CredentialError } from "./credential-error.js";
import { readPrivateFile, writePrivateFile } from "./private-file.js";

/** What a master needs of an agent to call it: `certificate` as PEM, `token`; for both ends' files. */
export type KnownAgent = Required<PinnedAgent>;

/**
 * Reads what {@link writeKnownAgent} has written; undefined when there is nothing.
 * @throws {CredentialError} NOT_PRIVATE, DAMAGED
 */
export async function readKnownAgent(path: string): Promise<KnownAgent | undefined> {
  const text = await readPrivateFile(path);
  if (text === undefined) return undefined;
  try {
    const { certificate, token } = JSON.parse(text);
    if (typeof token !== "string" || !/^[\w-]{43}$/.test(token)) throw new Error("no token");
    return { kind: "pinned", certificate: new X509Certificate(certificate).toString(), token };
  } catch {
    // Without the cause, whose text may quote the file.
    throw new CredentialError("DAMAGED", `${path} is damaged. Remove it: rm ${path}`);
  }
}

/** @throws {CredentialError} NOT_PRIVATE */
export async function writeKnownAgent(path: string, { certificate, token }: KnownAgent): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify({ version: 1, certificate, token }, undefined, 2)}\n`);
}
