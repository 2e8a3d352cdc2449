import { AgentLost } from "../dispatch/agent-lost.js";
import type { ConnectedAgent } from "../dispatch/greet-agent.js";
import type { AgentTarget } from "../inventory/inventory.js";
import { formatDuration } from "../view/format-duration.js";
import type { Check, Finding } from "./check.js";

/** Tools that compare times, such as make, take what comes from a clock that is further off for newer or older. */
const MOST_SKEW_MS = 2000;

/** Whether the clock of an agent says what the one of this machine does. */
export function clockCheck(target: AgentTarget): Check {
  return {
    name: `clock of ${target.label}`,
    timeoutMs: 15_000,
    async run({ connect }, signal) {
      try {
        return await compareClocks(await connect(target), signal);
      } catch (error) {
        if (!(error instanceof AgentLost)) throw error;
        // Why, the check of the agent says.
        return { outcome: "skipped", message: "the agent cannot be asked" };
      }
    },
  };
}

async function compareClocks({ channels, features }: ConnectedAgent, signal: AbortSignal): Promise<Finding> {
  if (!features.includes("status")) return TOO_OLD;
  // The first answer of a connection takes longer than all others.
  await channels.control.status({}, { signal });
  const askedAtMs = Date.now();
  const { clockMs } = await channels.control.status({}, { signal });
  const answeredAtMs = Date.now();
  if (clockMs === undefined) return TOO_OLD;
  return judgeSkew(clockMs - (askedAtMs + answeredAtMs) / 2, (answeredAtMs - askedAtMs) / 2);
}

const TOO_OLD: Finding = { outcome: "skipped", message: "the agent is of a version that does not tell" };

/** @param uncertainMs - by which the skew may be wrong: the question was on its way for as long */
export function judgeSkew(skewMs: number, uncertainMs: number): Finding {
  const offMs = Math.abs(skewMs);
  if (offMs <= MOST_SKEW_MS + uncertainMs)
    return { outcome: "ok", message: `within ${formatDuration(Math.ceil(offMs + uncertainMs))} of this one` };
  const side = skewMs > 0 ? "ahead of" : "behind";
  return {
    outcome: "warning",
    message: `${formatDuration(offMs)} ${side} this one: files that tasks change there have wrong times here, which make and caches go by`,
    mend: "sudo timedatectl set-ntp true  # on both machines",
  };
}
