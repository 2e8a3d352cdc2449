import type { AgentPool } from "../dispatch/agent-pool.js";
import type { Inventory } from "../inventory/inventory.js";
import type { AgentSelection } from "../inventory/selection.js";
import { MasterError } from "../master-error.js";
import { askForLabels, describeAnswers } from "./find-suitable.js";

/**
 * Asks those agents of which labels are wanted that only they can tell, before anything runs.
 * @throws {MasterError} UNKNOWN_AGENT when all of them have answered and none has the labels: then no other try helps.
 * Where one has not answered it may be the one, and the task will tell.
 */
export async function requireSuitable(
  selections: readonly AgentSelection[],
  { pool, inventory }: { pool: AgentPool; inventory: Inventory },
): Promise<void> {
  const byText = new Map(selections.map((selection) => [selection.text, selection]));
  const open = [...byText.values()].filter(({ candidates }) =>
    candidates.every(({ unsettled }) => unsettled.length > 0),
  );
  for (const selection of open) {
    const asked = await Promise.all(selection.candidates.map((candidate) => askForLabels(candidate, pool)));
    if (asked.some((answer) => answer === undefined || answer.isSuitable)) continue;
    const answers = describeAnswers(
      asked.flatMap((answer) => answer ?? []),
      inventory,
    );
    throw new MasterError("UNKNOWN_AGENT", `No agent has ${selection.text}. Asked: ${answers}.`);
  }
}
