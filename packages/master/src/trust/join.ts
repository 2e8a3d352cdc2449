import { askCertificate, fingerprintOf, type JoinLine, type KnownAgent } from "@sloth/protocol";
import { AgentLost } from "../dispatch/agent-lost.js";
import { explainSilence } from "../dispatch/explain-connect-failure.js";
import type { AgentTarget } from "../inventory/inventory.js";

const TIMEOUT_MS = 10_000;

/**
 * The agent of a join line, as it is called. The certificate that is shown is compared with the line; nothing is sent
 * but the greeting of TLS.
 * @throws {AgentLost} when nobody answers, or somebody else does
 */
export async function joinAgent(target: AgentTarget, { fingerprint, token }: JoinLine): Promise<KnownAgent> {
  const shown = await askCertificate(target, { timeoutMs: TIMEOUT_MS });
  if (shown.kind !== "certificate") throw explainSilence(target, shown);
  if (fingerprintOf(shown.certificate) !== fingerprint) throw otherCertificate(target);
  return { kind: "pinned", certificate: shown.certificate, token };
}

function otherCertificate({ label }: AgentTarget): AgentLost {
  return new AgentLost(
    `What answers at ${label} is not the agent of this join line: its certificate is another one. Nothing was sent. ` +
      "Is the line of another machine, or from before its agent made new credentials? See there: npx @sloth/agent init",
    { isBeforeStart: true, isDistrust: true },
  );
}
