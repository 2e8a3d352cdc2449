import type { Labels } from "@sloth/dsl";
import type { AgentTarget } from "../inventory/inventory.js";
import { hasLabels } from "../inventory/labels.js";
import type { PlacedCandidate } from "./choose-agent.js";
import type { Member } from "./fleet.js";

/** An agent that an attempt may go to. */
export interface Option {
  /** As this task's reader knows it; another task may call the same agent otherwise. */
  target: AgentTarget;
  member: Member;
  /** What only the agent itself can tell: it must have one of these. Empty: nothing. */
  unsettled: readonly Labels[];
  /** There is no other, and nothing to be asked: the attempt goes there and waits in its queue. */
  isGiven: boolean;
}

/** The attempt: what has failed where, and since when it looks for a place. */
export interface Seeker {
  failures: ReadonlyMap<string, number>;
  sinceMs: number;
  workspace: { root: string };
}

/** Whether this attempt has been there, or nobody could: it does not go there again. */
export function isTried({ member }: Pick<Option, "member">, sinceMs: number): boolean {
  return member.awaySinceMs >= sinceMs;
}

/** The options as placing sees them. */
export function candidateStates(options: readonly Option[], seeker: Seeker): PlacedCandidate[] {
  return options.map((option, index) => {
    const { member, isGiven } = option;
    const isOut = isTried(option, seeker.sinceMs) || !isUsable(option, options.slice(0, index));
    return {
      state: isOut ? "away" : isGiven ? "ready" : STATES[member.state],
      slots: isGiven ? Number.POSITIVE_INFINITY : Math.max(1, member.agent?.about.slots ?? 1),
      here: member.here,
      others: member.others,
      holdsWorkspace: member.holds.has(seeker.workspace.root),
      failures: seeker.failures.get(member.address) ?? 0,
    };
  });
}

const STATES = { new: "unknown", asked: "unknown", ready: "ready", away: "away" } as const;

/** Whether a ready agent has what only itself can tell, and is not another one by a second address. */
function isUsable({ member, unsettled }: Option, before: readonly Option[]): boolean {
  if (member.state !== "ready") return true;
  return hasOneOf(unsettled, member) && !before.some((other) => isSame(other.member, member));
}

/** Whether an agent that has answered has what was asked for. */
export function hasOneOf(unsettled: readonly Labels[], { agent }: Pick<Member, "agent">): boolean {
  const labels = { ...agent?.about.labels } as Labels;
  return unsettled.length === 0 || unsettled.some((wanted) => hasLabels(wanted, labels));
}

function isSame(one: Member, other: Member): boolean {
  const id = one.agent?.about.instanceId;
  return one.state === "ready" && id !== undefined && id !== "" && id === other.agent?.about.instanceId;
}
