import { AgentLost } from "../dispatch/agent-lost.js";
import { formatLabels } from "../inventory/labels.js";
import type { AgentSelection } from "../inventory/selection.js";
import { hasOneOf, type Option } from "./options.js";

/** Why no agent can be used, each by its name. */
export function describeNobody(
  options: readonly Option[],
  { text }: Pick<AgentSelection, "text">,
): AgentLost {
  const [first, second] = options;
  // Whose error says all that is to be said, with what is to be done.
  if (first?.member.error && !second) return first.member.error;
  const reasons = options.map(reasonOf);
  const message = `No agent of ${text} can be used. ${reasons.join("; ")}`;
  return new AgentLost(message, { isBeforeStart: true, cause: first?.member.error });
}

function reasonOf({ target, member, unsettled }: Option): string {
  if (member.state === "ready" && !hasOneOf(unsettled, member))
    return `${target.label} has ${formatLabels(member.agent?.about.labels ?? { os: "", arch: "" })}`;
  return member.error?.reason ?? `${target.label} is another one by a second name`;
}
