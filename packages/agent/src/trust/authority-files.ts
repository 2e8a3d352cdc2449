import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { ServerIdentity } from "@sloth/protocol";
import { AgentError } from "../agent-error.js";

/** Files of one's own CA, all PEM. */
export interface AuthorityFiles {
  /** The agent's certificate, with those between it and the CA after it. */
  certificate: string;
  key: string;
  /** Who signs the certificates of callers. */
  clientCa: string;
}

export interface WatchedIdentity {
  /** As it is now. */
  current: ServerIdentity;
  /** Another one, where the files have changed since the last call and fit together. */
  renewed(): ServerIdentity | undefined;
}

/**
 * Reads them, and again when they change: certificates of a CA live for hours or days, agents for months.
 * @param warn - told once of a change that cannot be used; what was read before stays
 * @throws {AgentError} TLS_FILES
 */
export function openAuthorityFiles(files: AuthorityFiles, warn: (message: string) => void): WatchedIdentity {
  let seen = versionOf(files);
  const current = read(files);
  return {
    current,
    renewed() {
      const version = versionOf(files);
      if (version === seen) return undefined;
      seen = version;
      try {
        return read(files);
      } catch (error) {
        warn(`${(error as Error).message} What was read before is used meanwhile.`);
        return undefined;
      }
    },
  };
}

function read(files: AuthorityFiles): ServerIdentity {
  const certificate = readPem("--tls-cert", files.certificate);
  const key = readPem("--tls-key", files.key);
  const clientCa = readPem("--tls-client-ca", files.clientCa);
  const own = parsed("--tls-cert", files.certificate, () => new X509Certificate(certificate));
  const secret = parsed("--tls-key", files.key, () => createPrivateKey(key));
  parsed("--tls-client-ca", files.clientCa, () => new X509Certificate(clientCa));
  if (!own.checkPrivateKey(secret))
    throw mistake(`--tls-key ${files.key} is not the key of --tls-cert ${files.certificate}.`);
  return { certificate, key, clientCa };
}

function readPem(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw mistake(`${option} ${path} cannot be read: ${(cause as Error).message}.`, cause);
  }
}

function parsed<T>(option: string, path: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    // Without the cause, whose text may quote a key.
    throw mistake(`${option} ${path} does not hold what it should, as PEM without a passphrase.`);
  }
}

function versionOf(files: AuthorityFiles): string {
  return [files.certificate, files.key, files.clientCa]
    .map((path) => statSync(path, { throwIfNoEntry: false }))
    .map((about) => `${about?.ino} ${about?.mtimeMs} ${about?.size}`)
    .join();
}

function mistake(message: string, cause?: unknown): AgentError {
  return new AgentError("TLS_FILES", message, { cause });
}
