import { openWorkspace } from "@sloth/workspace";
import { rulesOf, scanRules } from "../dispatch/workspace-terms.js";
import { forecastSync, type SyncForecast } from "../plan/sync-forecast.js";
import { plannedTransfers, type Transfer } from "../plan/transfers.js";
import { countOf } from "../view/count-of.js";
import { formatBytes } from "../view/format-bytes.js";
import { shellLine } from "../view/shell-words.js";
import { MUCH_BYTES } from "../view/sync-view.js";
import type { Check, Finding } from "./check.js";
import type { DoctorContext } from "./doctor-context.js";

/** A tree that has never been read is read as a whole. */
const LONGEST_SCAN_MS = 60_000;

/** How much of each directory would be sent to an agent that holds nothing of it yet. */
export function workspaceChecks({ workflow }: DoctorContext): Check[] {
  if (!workflow?.plan) return [];
  const each = new Map(plannedTransfers(workflow.plan).map((transfer) => [transfer.workspace, transfer]));
  return [...each.values()].map((transfer) => ({
    name: `workspace ${transfer.workspace}`,
    timeoutMs: LONGEST_SCAN_MS,
    async run(_, signal) {
      const workspace = await openWorkspace(transfer.workspace, { signal });
      const snapshot = await workspace.snapshot({ rules: scanRules(rulesOf(transfer.settings)), signal });
      return judge(forecastSync(snapshot), transfer, workflow.file);
    },
  }));
}

function judge({ files, newBytes }: SyncForecast, { settings }: Transfer, file: string): Finding {
  const size = `${formatBytes(newBytes)} in ${countOf(files, "file")}`;
  const mend = `sloth sync --dry-run -f ${shellLine([file])}`;
  if (newBytes > settings.maxBytes || files > settings.maxFiles)
    return { outcome: "failed", message: `${size} is more than may be sent`, mend };
  if (newBytes > MUCH_BYTES)
    return { outcome: "warning", message: `${size}: name what is not needed in .slothignore`, mend };
  return { outcome: "ok", message: size };
}
