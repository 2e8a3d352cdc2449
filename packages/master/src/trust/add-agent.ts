import { askCertificate, fingerprintOf, type JoinLine, type KnownAgent } from "@sloth/protocol";
import { AgentLost } from "../dispatch/agent-lost.js";
import { explainSilence } from "../dispatch/explain-connect-failure.js";
import { greetAgent } from "../dispatch/greet-agent.js";
import type { AgentTarget } from "../inventory/inventory.js";

const TIMEOUT_MS = 10_000;

/**
 * What a join line says of an agent, as a master keeps it. The certificate that is shown is compared with the line
 * before anything is sent; then the agent is greeted, so that what is kept is known to work.
 * @throws {AgentLost} when nobody answers, or somebody else does, or the token is refused
 */
export async function verifyJoinLine(
  target: AgentTarget,
  { fingerprint, token }: JoinLine,
): Promise<KnownAgent> {
  const shown = await askCertificate(target, { timeoutMs: TIMEOUT_MS });
  if (shown.kind !== "certificate") throw explainSilence(target, shown);
  if (fingerprintOf(shown.certificate) !== fingerprint) throw otherCertificate(target);
  const known: KnownAgent = { kind: "pinned", certificate: shown.certificate, token };
  const agent = await greetAgent(target, { trust: known, from: "pin" });
  agent.channels.close();
  return known;
}

function otherCertificate({ label }: AgentTarget): AgentLost {
  return new AgentLost(
    `What answers at ${label} is not the agent of this join line: its certificate is another one. Nothing was sent. ` +
      "Is the line of another machine, or from before its agent made new credentials? See there: npx @sloth/agent init",
  );
}
