import type { AgentPool } from "../dispatch/agent-pool.js";
import type { InventoryEntry } from "../inventory/inventory.js";
import { writtenNames } from "../inventory/labels.js";
import { targetsOf } from "../placement/resolve-host.js";
import { type SurveyedAgent, surveyAgent } from "./survey-agent.js";

/** Asks all agents at once; one whose host is the name of several is listed as often. */
export async function surveyInventory(
  entries: readonly InventoryEntry[],
  pool: AgentPool,
): Promise<SurveyedAgent[]> {
  const written = writtenNames(entries);
  const surveyed = await Promise.all(
    entries.map(async ({ target, labels }) => {
      const targets = await targetsOf(target);
      return Promise.all(targets.map((one) => surveyAgent(one, { pool, labels, written })));
    }),
  );
  return surveyed.flat();
}
