import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { CredentialError } from "./credential-error.js";

/** PEM files of one's own CA: by their paths, or what is in them. */
export interface IdentityFiles {
  /** One's own certificate, with those between it and the CA after it. */
  certificate: string;
  key: string;
  /** Who signs the certificates of the other end. */
  ca: string;
}

/**
 * Reads them, and looks whether they belong together.
 * @param options - what each is called on the command line, for messages
 * @throws {CredentialError} IDENTITY_FILES
 */
export function readIdentityFiles(files: IdentityFiles, options: IdentityFiles): IdentityFiles {
  const read = (which: keyof IdentityFiles) => readPem(options[which], files[which]);
  const contents = { certificate: read("certificate"), key: read("key"), ca: read("ca") };
  const parse = <T>(which: keyof IdentityFiles, work: (pem: string) => T) =>
    parsed(`${options[which]} ${files[which]}`, () => work(contents[which]));
  const own = parse("certificate", (pem) => new X509Certificate(pem));
  const secret = parse("key", (pem) => createPrivateKey(pem));
  parse("ca", (pem) => new X509Certificate(pem));
  if (!own.checkPrivateKey(secret)) {
    const { key, certificate } = options;
    throw mistake(`${key} ${files.key} is not the key of ${certificate} ${files.certificate}.`);
  }
  return contents;
}

function readPem(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw mistake(`${option} ${path} cannot be read: ${(cause as Error).message}.`, cause);
  }
}

function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    // Without the cause, whose text may quote a key.
    throw mistake(`${what} does not hold what it should, as PEM without a passphrase.`);
  }
}

function mistake(message: string, cause?: unknown): CredentialError {
  return new CredentialError("IDENTITY_FILES", message, { cause });
}
