import type { Labels } from "@sloth/dsl";
import { AgentLost } from "../dispatch/agent-lost.js";
import type { AgentPool } from "../dispatch/agent-pool.js";
import type { AgentTarget } from "../inventory/inventory.js";
import { hasLabels } from "../inventory/labels.js";
import { describeAgents } from "../inventory/select-agents.js";
import type { Candidate } from "../inventory/selection.js";
import { MasterError } from "../master-error.js";
import { targetsOf } from "./resolve-host.js";

/** An agent that was asked for labels that only it can tell. */
export interface Answer {
  target: AgentTarget;
  labels: Labels;
  isSuitable: boolean;
}

/** Undefined where it does not answer. */
export async function askForLabels(
  { target, unsettled }: Candidate,
  pool: AgentPool,
): Promise<Answer | undefined> {
  const agent = await pool.connect(target).catch((error: unknown) => {
    if (error instanceof AgentLost) return undefined;
    throw error;
  });
  if (!agent) return undefined;
  const labels = { ...agent.about.labels } as Labels;
  return { target, labels, isSuitable: unsettled.some((wanted) => hasLabels(wanted, labels)) };
}

/**
 * All agents that candidates stand for, without those that say that they are not what was asked for. Who does not
 * answer may be it, and stays.
 * @throws {MasterError} UNKNOWN_AGENT when nobody is left
 */
export async function findSuitable(candidates: readonly Candidate[], pool: AgentPool): Promise<Candidate[]> {
  const each = await Promise.all(
    candidates.map(async ({ target, unsettled }) =>
      (await targetsOf(target)).map((one) => ({ target: one, unsettled })),
    ),
  );
  const asked = await Promise.all(
    each.flat().map(async (candidate) => {
      const isOpen = candidate.unsettled.length > 0;
      return { candidate, answer: isOpen ? await askForLabels(candidate, pool) : undefined };
    }),
  );
  const left = asked.filter(({ answer }) => answer?.isSuitable ?? true);
  if (left.length === 0) {
    const answers = asked.flatMap(({ answer }) => answer ?? []);
    throw new MasterError("UNKNOWN_AGENT", `No agent is what was asked for: ${describeAgents(answers)}.`);
  }
  return left.map(({ candidate, answer }) => (answer ? { ...candidate, unsettled: [] } : candidate));
}
