import { isIP } from "node:net";
import type { Argv } from "yargs";
import type { AuthorityFiles } from "../trust/authority-files.js";

/** Where an agent listens, and how callers are known. */
export interface TrustOptions {
  host?: string | undefined;
  authority?: AuthorityFiles | undefined;
  isInsecure?: boolean | undefined;
}

export function trustOptions<T>(parser: Argv<T>) {
  return parser
    .option("host", {
      type: "string",
      describe: "The address to listen on, 0.0.0.0 for all  [default: 127.0.0.1]",
    })
    .option("tls-cert", {
      type: "string",
      describe: "A certificate of your own CA, as PEM; read again when it changes",
    })
    .option("tls-key", { type: "string", describe: "Its key" })
    .option("tls-client-ca", {
      type: "string",
      describe: "The CA of masters, who then show a certificate instead of the token",
    })
    .option("insecure", {
      type: "boolean",
      describe: "No TLS and no token: whoever reaches the port can run code here",
    });
}

/** @returns what was typed, or what is wrong with it */
export function readTrust(parsed: Record<string, unknown>): TrustOptions | { problem: string } {
  const { host, tlsCert: certificate, tlsKey: key, tlsClientCa: clientCa, insecure } = parsed;
  for (const [name, value] of Object.entries({
    host,
    "tls-cert": certificate,
    "tls-key": key,
    "tls-client-ca": clientCa,
  })) {
    if (Array.isArray(value)) return { problem: `--${name} is given more than once.` };
    if (value === "") return { problem: `--${name} is empty.` };
  }
  if (typeof host === "string" && !isIP(host) && !/^[\w.-]+$/.test(host))
    return { problem: `--host ${host} is not an address; the port is said with --port.` };
  const files = [certificate, key, clientCa].filter((file) => file !== undefined);
  if (files.length !== 0 && files.length !== 3)
    return { problem: "--tls-cert, --tls-key and --tls-client-ca belong together: give all three." };
  const isInsecure = [insecure].flat().at(-1) === true;
  if (isInsecure && files.length > 0)
    return {
      problem: "--insecure is plaintext, so the files of --tls-cert would not be used: leave one out.",
    };
  const authority = { certificate, key, clientCa } as AuthorityFiles;
  return { ...(typeof host === "string" && { host }), ...(files.length > 0 && { authority }), isInsecure };
}
