import type { Labels } from "@sloth/dsl";
import type { AgentTarget } from "./inventory.js";

/** The agents of which one is to run a task: as far as that is known without asking them. */
export interface AgentSelection {
  /** What was asked for, in few words. */
  text: string;
  /** The same for all that asks for the same agents: `max` counts what is at one key. */
  key: string;
  /** In the order of preference, each agent once; at least one. */
  candidates: readonly Candidate[];
  /** How many tasks of a run may be there at once. Absent: no limit. */
  max?: number;
}

export interface Candidate {
  target: AgentTarget;
  /** What only the agent itself can tell: it must have one of these. Empty: nothing is to be asked. */
  unsettled: readonly Labels[];
}

/** What people read where one agent is meant: its name, or what was asked for where there is a choice. */
export function labelOf({ candidates, text }: AgentSelection): string {
  const [first, second] = candidates;
  return first && !second ? first.target.label : text;
}

/** Whether what runs a task is known before anybody is asked. */
export function isSettled({ candidates: [first, second] }: AgentSelection): boolean {
  return first !== undefined && !second && first.unsettled.length === 0;
}
