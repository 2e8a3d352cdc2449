import type { Labels } from "@sloth/dsl";
import { AgentLost } from "../dispatch/agent-lost.js";
import type { AgentPool } from "../dispatch/agent-pool.js";
import type { AgentTarget, Inventory } from "../inventory/inventory.js";
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

/** Those that have answered, with what is written of them before what they tell; for whoever asked for something else. */
export function describeAnswers(answers: readonly Answer[], { entries }: Pick<Inventory, "entries">): string {
  return describeAgents(
    answers.map(({ target, labels }) => {
      const written = entries.find((entry) => entry.target.label === target.label)?.labels;
      return { target, labels: { ...labels, ...written } };
    }),
  );
}

export interface FindOptions {
  pool: AgentPool;
  /** Of which the candidates are. */
  inventory: Pick<Inventory, "entries">;
  /** What was asked for, as it was typed. */
  text: string;
}

/**
 * All agents that candidates stand for, without those that say that they are not what was asked for. Who does not
 * answer may be it, and stays.
 * @throws {MasterError} UNKNOWN_AGENT when nobody is left
 */
export async function findSuitable(
  candidates: readonly Candidate[],
  { pool, inventory, text }: FindOptions,
): Promise<Candidate[]> {
  const each = await Promise.all(
    candidates.map(async ({ target, unsettled }) =>
      (await targetsOf(target)).map((one) => ({ target: one, unsettled })),
    ),
  );
  const found = await Promise.all(
    each.flat().map(async (candidate) => {
      const isOpen = candidate.unsettled.length > 0;
      return { candidate, answer: isOpen ? await askForLabels(candidate, pool) : undefined };
    }),
  );
  const left = found.filter(({ answer }) => answer?.isSuitable ?? true);
  if (left.length === 0) {
    const answers = found.flatMap(({ answer }) => answer ?? []);
    const asked = describeAnswers(answers, inventory);
    throw new MasterError("UNKNOWN_AGENT", `No agent has ${text}. Asked: ${asked}.`);
  }
  return left.map(({ candidate, answer }) => (answer ? { ...candidate, unsettled: [] } : candidate));
}
