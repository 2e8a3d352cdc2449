import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { AGENT_NAME } from "./channel-credentials.js";

/** What answers at an address when it is asked for its certificate. */
export type ShownCertificate =
  /** As PEM. */
  | { kind: "certificate"; certificate: string }
  /** It hung up, or said something that is not TLS. */
  | { kind: "no-tls" }
  /** Nobody listens, or is reached; with the code of the error. */
  | { kind: "nobody"; code: string };

/**
 * Asks for a certificate without verifying it, so that it can be compared with a fingerprint. Nothing is sent but the
 * greeting of TLS. What comes is only good to be compared, or to explain why a channel did not come about.
 */
export function askCertificate(
  { host, port }: { host: string; port: number },
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<ShownCertificate> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      servername: AGENT_NAME,
      ALPNProtocols: ["h2"],
      // The caller compares.
      rejectUnauthorized: false,
    });
    const timer = setTimeout(() => end({ kind: "nobody", code: "ETIMEDOUT" }), timeoutMs);
    const onAbort = () => end({ kind: "nobody", code: "ECANCELED" });
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) return onAbort();
    function end(shown: ShownCertificate) {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(shown);
    }
    socket.once("secureConnect", () => {
      const { raw } = socket.getPeerCertificate();
      end(
        raw ? { kind: "certificate", certificate: new X509Certificate(raw).toString() } : { kind: "no-tls" },
      );
    });
    socket.on("error", (error) => end(meaningOf(error)));
    socket.once("close", () => end({ kind: "no-tls" }));
  });
}

const NOT_REACHED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL|EINVAL)$/;

function meaningOf(error: NodeJS.ErrnoException): ShownCertificate {
  // Of several addresses, each with its error, the first one's.
  const { code = "" } = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error;
  return NOT_REACHED.test(code) ? { kind: "nobody", code } : { kind: "no-tls" };
}
