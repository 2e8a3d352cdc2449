import type { Argv } from "yargs";
import { once, switched } from "../command-line/option-values.js";

/** How agents are trusted that are not known otherwise, as it was typed. */
export interface TrustArguments {
  /** Names of files of one's own CA. */
  ca?: string | undefined;
  certificate?: string | undefined;
  key?: string | undefined;
  isInsecure: boolean;
}

/** The options of every command that calls agents. */
export function trustOptions<T>(command: Argv<T>) {
  return command
    .option("tls-ca", {
      type: "string",
      isFile: true,
      requiresArg: true,
      describe: "Your own CA, as PEM, for agents that have not been added",
    })
    .option("tls-cert", {
      type: "string",
      isFile: true,
      requiresArg: true,
      describe: "The certificate that such agents are shown",
    })
    .option("tls-key", { type: "string", isFile: true, requiresArg: true, describe: "Its key" })
    .option("insecure", {
      type: "boolean",
      isOfOneCall: true,
      describe: "Call agents that are not known without TLS: anybody on the way can read and change all",
    })
    .group(["tls-ca", "tls-cert", "tls-key", "insecure"], "How agents are trusted:");
}

/** That the files belong together is for {@link openTrust} to say, since each may be set in another place. */
export function toTrust(parsed: Record<string, unknown>): TrustArguments {
  return {
    ca: once("tls-ca", parsed.tlsCa),
    certificate: once("tls-cert", parsed.tlsCert),
    key: once("tls-key", parsed.tlsKey),
    isInsecure: switched(parsed.insecure) ?? false,
  };
}
