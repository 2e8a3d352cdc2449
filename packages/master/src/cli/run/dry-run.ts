import { writeJson } from "../../events/json-text.js";
import type { JsonValue } from "../../events/json-value.js";
import { describePlan } from "../../plan/plan-document.js";
import type { RunPlan } from "../../plan/plan-run.js";
import type { MissingContents } from "../../plan/sync-forecast.js";
import {
  canBeSent,
  forecastTransfer,
  plannedTransfers,
  type TransferForecast,
} from "../../plan/transfers.js";
import type { TypedTrust } from "../../trust/find-trust.js";
import { describeNotChosen, describePlanned } from "../../view/plan-view.js";
import { EXIT } from "../exit-code.js";
import { complain, type Output, openOutput, printLines } from "../output.js";
import { openMissingContents } from "../sync/open-missing.js";
import { showTransfer } from "../sync/show-transfer.js";

export interface DryRunOptions {
  /** As one document for programs. */
  isJson: boolean;
  output?: Output;
  missing: MissingContents;
}

/** Shows what a run would do, and does none of it; gives the exit code. */
export async function dryRun(
  plan: RunPlan,
  { isJson, output = openOutput(), missing }: DryRunOptions,
): Promise<number> {
  const transfers: TransferForecast[] = [];
  // One after the other, since two would take each other's slot at an agent that has one.
  for (const transfer of plannedTransfers(plan)) transfers.push(await forecastTransfer(transfer, missing));
  const document = describePlan(plan, transfers);
  const code = canBeSent(transfers) ? EXIT.succeeded : EXIT.infrastructure;
  if (isJson) {
    await printLines(output, [writeJson(document as unknown as JsonValue, "  ")]);
    return code;
  }
  await printLines(output, [...describePlanned(document), ...describeNotChosen(document)]);
  if (transfers.length > 0) await printLines(output, ["", "What is sent:"]);
  for (const transfer of transfers) await showTransfer(transfer, output);
  await complain(output, "this was a dry run: nothing was run and nothing was sent");
  return code;
}

/** As {@link dryRun}, and asks the agents what they lack. */
export async function dryRunWithAgents(
  plan: RunPlan,
  { trust, ...options }: Omit<DryRunOptions, "missing"> & { trust: TypedTrust },
): Promise<number> {
  const missing = await openMissingContents(trust);
  try {
    return await dryRun(plan, { ...options, missing });
  } finally {
    missing.close();
  }
}
