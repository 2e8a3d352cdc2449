import { X509Certificate } from "node:crypto";
import { CredentialError, readIdentityFiles, type ServerIdentity } from "@sloth/protocol";
import { AgentError } from "../agent-error.js";
import { fileVersion } from "./file-version.js";

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
  warnOfDates(current, files, warn);
  return {
    current,
    renewed() {
      const version = versionOf(files);
      if (version === seen) return undefined;
      seen = version;
      try {
        const renewed = read(files);
        warnOfDates(renewed, files, warn);
        return renewed;
      } catch (error) {
        warn(`${(error as Error).message} What was read before is used meanwhile.`);
        return undefined;
      }
    },
  };
}

/** An agent with such a certificate starts all the same: it may be renewed at any moment. */
function warnOfDates(
  { certificate, clientCa = "" }: ServerIdentity,
  files: AuthorityFiles,
  warn: (message: string) => void,
): void {
  const own = problemOfDates(certificate);
  if (own) warn(`The certificate ${files.certificate} ${own}: no master accepts it. ${RENEW}`);
  const ca = problemOfDates(clientCa);
  if (ca) warn(`The CA ${files.clientCa} ${ca}: no master that it has signed is let in. ${RENEW}`);
}

const RENEW = "Renew it; it is read again then.";

function problemOfDates(pem: string): string | undefined {
  const { validFrom, validTo } = new X509Certificate(pem);
  const now = Date.now();
  if (Date.parse(validTo) < now) return `expired on ${validTo}`;
  return Date.parse(validFrom) > now ? `is not valid before ${validFrom}` : undefined;
}

const OPTIONS = { certificate: "--tls-cert", key: "--tls-key", ca: "--tls-client-ca" };

function read({ certificate, key, clientCa }: AuthorityFiles): ServerIdentity {
  try {
    const { ca, ...own } = readIdentityFiles({ certificate, key, ca: clientCa }, OPTIONS);
    return { ...own, clientCa: ca };
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw new AgentError("TLS_FILES", error.message, { cause: error });
  }
}

function versionOf({ certificate, key, clientCa }: AuthorityFiles): string {
  return [certificate, key, clientCa].map(fileVersion).join();
}
