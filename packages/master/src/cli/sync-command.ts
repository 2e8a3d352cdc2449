import type { WorkspaceSettings } from "@sloth/dsl";
import { openWorkspace } from "@sloth/workspace";
import { rulesOf, scanRules } from "../dispatch/workspace-terms.js";
import type { AgentTarget } from "../inventory/inventory.js";
import { planRun, type RunPlan } from "../plan/plan-run.js";
import { forecastSync, type MissingContents } from "../plan/sync-forecast.js";
import { printable } from "../view/printable.js";
import { describeForecast, warnOfMuch } from "../view/sync-view.js";
import { EXIT } from "./exit-code.js";
import { loadFile } from "./load-file.js";
import { openInventory } from "./open-inventory.js";
import { openMissingContents } from "./open-missing.js";
import { complain, type Output, openOutput, printLines } from "./output.js";
import type { SyncArguments } from "./sync-options.js";

export interface SyncSurroundings {
  output?: Output;
  /** Asks the agents. Absent: none is asked, and all content counts as new. */
  missing?: MissingContents;
}

/** Shows what a run would send to its agents; gives the exit code. */
export async function syncCommand(
  args: SyncArguments,
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
  for (const transfer of transfers) await show(transfer, output, missing);
  if (transfers.length === 0) await complain(output, "nothing is delegated, so nothing is sent");
  return EXIT.succeeded;
}

/** As {@link syncCommand}, and asks the agents what they lack. */
export async function syncWithAgents(args: SyncArguments): Promise<number> {
  const missing = await openMissingContents();
  try {
    return await syncCommand(args, { missing });
  } finally {
    missing.close();
  }
}

async function show(
  { workspace, target, groups, settings }: PlannedTransfer,
  output: Output,
  missing: MissingContents | undefined,
): Promise<void> {
  const rules = scanRules(rulesOf(settings));
  const opened = await openWorkspace(workspace);
  const snapshot = await opened.snapshot({ rules });
  const asked = await missing?.of(target, opened, settings).catch((error: Error) => error);
  if (asked instanceof Error) await complain(output, printable(asked.message));
  const isGuess = asked === undefined || asked instanceof Error;
  const forecast = forecastSync(snapshot, isGuess ? undefined : asked);
  const place = { workspace, agent: target.label, groups: [...groups] };
  await printLines(output, describeForecast(place, forecast, isGuess));
  const warning = warnOfMuch(target.label, forecast);
  if (warning !== undefined) await complain(output, warning);
}

interface PlannedTransfer {
  workspace: string;
  target: AgentTarget;
  groups: Set<string>;
  settings: WorkspaceSettings;
}

/** Each workspace once for each agent that it goes to. */
function plannedTransfers(plan: RunPlan): PlannedTransfer[] {
  const transfers = new Map<string, PlannedTransfer>();
  for (const { target, workspace, group, workspaceSettings: settings } of plan.groups.flatMap(
    ({ tasks }) => tasks,
  )) {
    if (!target) continue;
    const key = JSON.stringify([workspace, target.host, target.port, settings]);
    const transfer = transfers.get(key) ?? { workspace, target, groups: new Set(), settings };
    transfer.groups.add(group);
    transfers.set(key, transfer);
  }
  return [...transfers.values()];
}
