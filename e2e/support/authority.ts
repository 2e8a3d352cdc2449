import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.js";

export const hasOpenssl: boolean = spawnSync("openssl", ["version"]).status === 0;

/** A certificate authority of somebody's own. */
export interface Authority {
  /** Its certificate's file. */
  ca: string;
  /** Makes a certificate for this machine, and its key; over those of the same name. */
  issue(name: string, options?: { isExpired?: boolean; host?: string }): { certificate: string; key: string };
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export function makeAuthority(): Authority {
  const directory = temporaryDirectory();
  const place = (name: string) => join(directory, name);
  const openssl = (args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const [ca, caKey] = [place("ca.pem"), place("ca.key")];
  openssl(["req", "-x509", ...KEY, "-subj", "/CN=ca", "-days", "10", "-out", ca, "-keyout", caKey]);
  writeFileSync(place("index"), "");
  writeFileSync(place("serial"), "01\n");
  writeFileSync(place("settings"), settings(directory));
  return {
    ca,
    issue(name, { isExpired = false, host = "localhost" } = {}) {
      const [request, certificate, key] = [place("request"), place(`${name}.pem`), place(`${name}.key`)];
      const extension = ["-addext", `subjectAltName=DNS:${host}`];
      openssl(["req", "-new", ...KEY, ...extension, "-subj", `/CN=${name}`, "-out", request, "-keyout", key]);
      const end = isExpired ? "20200102000000Z" : "20991231000000Z";
      const dates = ["-startdate", "20200101000000Z", "-enddate", end];
      const files = ["-config", place("settings"), "-in", request, "-out", certificate];
      openssl(["ca", "-batch", "-notext", ...dates, ...files]);
      return { certificate, key };
    },
  };
}

/** `openssl ca` alone can make a certificate that has expired. */
function settings(directory: string): string {
  return `[ca]
default_ca = own
[own]
database = ${directory}/index
new_certs_dir = ${directory}
serial = ${directory}/serial
certificate = ${directory}/ca.pem
private_key = ${directory}/ca.key
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;
}
