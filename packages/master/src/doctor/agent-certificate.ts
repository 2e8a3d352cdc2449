import { X509Certificate } from "node:crypto";
import type { AgentTarget } from "../inventory/inventory.js";
import type { Check, Finding } from "./check.js";

const DAY_MS = 86_400_000;
/** One with less of its time left than this share, or than {@link SOON_MS}, should have been renewed. */
const LAST_SHARE = 0.1;
const SOON_MS = 30 * DAY_MS;

/** How long the certificate of an agent is valid. */
export function certificateCheck(target: AgentTarget): Check {
  return {
    name: `certificate of ${target.label}`,
    timeoutMs: 15_000,
    async run({ shownCertificate }) {
      const shown = await shownCertificate(target);
      if (shown.kind === "nobody") return { outcome: "skipped", message: "nobody answers there" };
      if (shown.kind === "no-tls") return { outcome: "skipped", message: "what answers there shows none" };
      return judgeCertificate(shown.certificate, Date.now());
    },
  };
}

/** How long the certificate is valid that this master shows to agents of an own CA. */
export function ownCertificateCheck(certificate: string): Check {
  return { name: "certificate of this master", run: async () => judgeCertificate(certificate, Date.now()) };
}

/** @param pem - with those of those who signed it after it, perhaps */
export function judgeCertificate(pem: string, nowMs: number): Finding {
  const { validFrom, validTo } = new X509Certificate(pem);
  const [fromMs, toMs] = [Date.parse(validFrom), Date.parse(validTo)];
  const until = `valid until ${new Date(toMs).toISOString().slice(0, 10)}`;
  if (nowMs > toMs) return { outcome: "failed", message: `it has expired: it was ${until}`, mend: RENEW };
  if (nowMs < fromMs)
    return {
      outcome: "failed",
      message: `it is not valid yet: from ${new Date(fromMs).toISOString()} on. Is the clock of this machine right?`,
    };
  const isLate = toMs - nowMs < Math.min((toMs - fromMs) * LAST_SHARE, SOON_MS);
  return isLate
    ? { outcome: "warning", message: `${until}, which is soon`, mend: RENEW }
    : { outcome: "ok", message: until };
}

const RENEW = "Have your CA sign a new one and replace the file: it is read again without a restart";
