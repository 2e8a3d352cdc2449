import type { WorkspaceSettings } from "@sloth/dsl";
import { openWorkspace } from "@sloth/workspace";
import { AgentLost } from "../dispatch/agent-lost.js";
import { rulesOf, scanRules } from "../dispatch/workspace-terms.js";
import { type AgentSelection, isSettled } from "../inventory/selection.js";
import type { RunPlan } from "./plan-run.js";
import { forecastSync, type MissingContents, type SyncForecast } from "./sync-forecast.js";

/** A workspace that a run sends to an agent. */
export interface Transfer {
  workspace: string;
  /** Of whom one gets it. */
  selection: AgentSelection;
  groups: Set<string>;
  settings: WorkspaceSettings;
}

/** What it amounts to. */
export interface TransferForecast {
  transfer: Transfer;
  forecast: SyncForecast;
  /** Nobody was asked what is held already, so all counts as new; where there is a choice, nobody is. */
  isGuess: boolean;
  /** Why it could not be asked. */
  problem?: string;
  /** A run would fail for it: the agent refuses this master, or is not known to it. */
  isDistrust?: boolean;
}

/** Whether a run could send all of them, as far as that can be known without trying. */
export function canBeSent(forecasts: readonly TransferForecast[]): boolean {
  return !forecasts.some(({ isDistrust }) => isDistrust);
}

/** Each workspace once for each agent, or choice of agents, that it goes to; none of those that are made when their group runs. */
export function plannedTransfers(plan: RunPlan): Transfer[] {
  const transfers = new Map<string, Transfer>();
  const tasks = plan.groups.flatMap((group) =>
    group.tasks.filter(({ workspace }) => !group.createWorkdir || workspace !== group.workspace),
  );
  for (const { selection, workspace, group, workspaceSettings: settings } of tasks) {
    if (!selection) continue;
    const key = JSON.stringify([workspace, selection.key, settings]);
    const transfer = transfers.get(key) ?? { workspace, selection, groups: new Set(), settings };
    transfer.groups.add(group);
    transfers.set(key, transfer);
  }
  return [...transfers.values()];
}

/** @param missing - absent: no agent is asked */
export async function forecastTransfer(
  transfer: Transfer,
  missing: MissingContents | undefined,
): Promise<TransferForecast> {
  const { workspace, selection, settings } = transfer;
  const opened = await openWorkspace(workspace);
  const snapshot = await opened.snapshot({ rules: scanRules(rulesOf(settings)) });
  const target = isSettled(selection) ? selection.candidates[0]?.target : undefined;
  const asked = target && (await missing?.of(target, opened, settings).catch((error: Error) => error));
  const problem = asked instanceof Error ? asked.message : undefined;
  const known = asked instanceof Error ? undefined : asked;
  return {
    transfer,
    forecast: forecastSync(snapshot, known),
    isGuess: known === undefined,
    ...(problem !== undefined && { problem }),
    ...(asked instanceof AgentLost && asked.isDistrust && { isDistrust: true }),
  };
}
