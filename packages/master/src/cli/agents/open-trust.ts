import type { TypedTrust } from "../../trust/find-trust.js";
import { usage } from "../command-line/option-values.js";
import { complain, type Output, openOutput } from "../output.js";
import type { TrustArguments } from "./trust-options.js";

/**
 * Reads the files that were named, and warns of what is not secure.
 * @throws {MasterError} USAGE
 */
export async function openTrust(args: TrustArguments, output: Output = openOutput()): Promise<TypedTrust> {
  const { ca, certificate, key, isInsecure } = args;
  if (isInsecure)
    await complain(
      output,
      "warning: --insecure: agents that are not known are called in plaintext, and anybody who answers for one is believed",
    );
  const named = [ca, certificate, key].filter((file) => file !== undefined);
  if (named.length === 0) return { isInsecure };
  if (ca === undefined || certificate === undefined || key === undefined)
    throw usage("--tls-ca, --tls-cert and --tls-key belong together: give all three.");
  const { readAuthority } = await import("../../trust/read-authority.js");
  return { isInsecure, authority: readAuthority({ ca, certificate, key }) };
}
