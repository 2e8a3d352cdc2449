import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { OwnAuthority } from "@sloth/protocol";
import { MasterError } from "../master-error.js";

/** Reads a CA, a certificate and its key, all PEM. @throws {MasterError} USAGE */
export async function readAuthority(files: Omit<OwnAuthority, "kind">): Promise<OwnAuthority> {
  const [ca, certificate, key] = await Promise.all([
    read("--tls-ca", files.ca),
    read("--tls-cert", files.certificate),
    read("--tls-key", files.key),
  ]);
  parse("--tls-ca", files.ca, () => new X509Certificate(ca));
  const own = parse("--tls-cert", files.certificate, () => new X509Certificate(certificate));
  const secret = parse("--tls-key", files.key, () => createPrivateKey(key));
  if (!own.checkPrivateKey(secret))
    throw mistake(`--tls-key ${files.key} is not the key of --tls-cert ${files.certificate}.`);
  return { kind: "authority", ca, certificate, key };
}

async function read(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw mistake(`${option} ${path} cannot be read: ${(cause as Error).message}.`, cause);
  }
}

function parse<T>(option: string, path: string, work: () => T): T {
  try {
    return work();
  } catch {
    // Without the cause, whose text may quote a key.
    throw mistake(`${option} ${path} does not hold what it should, as PEM without a passphrase.`);
  }
}

function mistake(message: string, cause?: unknown): MasterError {
  return new MasterError("USAGE", message, { cause });
}
