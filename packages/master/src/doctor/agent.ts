import { AgentLost } from "../dispatch/agent-lost.js";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import { countOf } from "../view/count-of.js";
import type { Check } from "./check.js";

/** Whether an agent answers, and what it is. */
export function agentCheck(target: AgentTarget): Check {
  const address = formatAddress(target.host, target.port);
  return {
    name: `agent ${target.label}`,
    // Longer than connecting may take, whose message says more.
    timeoutMs: 15_000,
    async run({ connect }) {
      try {
        const { about, protocol } = await connect(target);
        const { softwareVersion, slots, labels } = about;
        const kind = `version ${softwareVersion}, protocol ${protocol}, ${labels.os} ${labels.arch}, ${countOf(slots, "slot")}`;
        return { outcome: "ok", message: target.label === address ? kind : `${address}: ${kind}` };
      } catch (error) {
        if (!(error instanceof AgentLost)) throw error;
        return {
          outcome: "failed",
          message: error.reason,
          ...(error.mend !== undefined && { mend: error.mend }),
        };
      }
    },
  };
}
