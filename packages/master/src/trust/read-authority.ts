import { CredentialError, type IdentityFiles, type OwnAuthority, readIdentityFiles } from "@sloth/protocol";
import { MasterError } from "../master-error.js";

const OPTIONS = { certificate: "--tls-cert", key: "--tls-key", ca: "--tls-ca" };

/** Reads a CA, a certificate and its key, all PEM. @throws {MasterError} USAGE */
export function readAuthority(files: IdentityFiles): OwnAuthority {
  try {
    return { kind: "authority", ...readIdentityFiles(files, OPTIONS) };
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw new MasterError("USAGE", error.message, { cause: error });
  }
}
