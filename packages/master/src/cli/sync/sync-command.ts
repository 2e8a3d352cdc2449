import { planRun } from "../../plan/plan-run.js";
import type { MissingContents } from "../../plan/sync-forecast.js";
import {
  canBeSent,
  forecastTransfer,
  plannedTransfers,
  type TransferForecast,
} from "../../plan/transfers.js";
import { openTrust } from "../agents/open-trust.js";
import { EXIT } from "../exit-code.js";
import { complain, type Output, openOutput } from "../output.js";
import { loadFile } from "../workflow/load-file.js";
import { openInventory } from "../workflow/open-inventory.js";
import { openMissingContents } from "./open-missing.js";
import { showTransfer } from "./show-transfer.js";
import type { SyncArguments } from "./sync-options.js";

export interface SyncSurroundings {
  output?: Output;
  /** Asks the agents. Absent: none is asked, and all content counts as new. */
  missing?: MissingContents;
}

/** Shows what a run would send to its agents; gives the exit code. */
export async function syncCommand(
  args: Omit<SyncArguments, "trust">,
  { output = openOutput(), missing }: SyncSurroundings = {},
): Promise<number> {
  const { group, agents, workspace } = args;
  const loaded = await loadFile(args);
  const plan = await planRun(loaded, {
    select: { groups: group === undefined ? [] : [group] },
    workspace,
    inventory: await openInventory(agents),
  });
  const transfers = plannedTransfers(plan);
  const forecasts: TransferForecast[] = [];
  for (const transfer of transfers) {
    const forecast = await forecastTransfer(transfer, missing);
    await showTransfer(forecast, output);
    forecasts.push(forecast);
  }
  if (transfers.length === 0) await complain(output, "nothing is delegated, so nothing is sent");
  return canBeSent(forecasts) ? EXIT.succeeded : EXIT.infrastructure;
}

/** As {@link syncCommand}, and asks the agents what they lack. */
export async function syncWithAgents(args: SyncArguments): Promise<number> {
  const missing = await openMissingContents(await openTrust(args.trust));
  try {
    return await syncCommand(args, { missing });
  } finally {
    missing.close();
  }
}
