import { eventStream } from "../../events/event-stream.js";
import type { Inventory } from "../../inventory/inventory.js";
import { emptyInventory } from "../../inventory/make-inventory.js";
import { selectByText } from "../../inventory/select-by-text.js";
import type { Candidate } from "../../inventory/selection.js";
import type { RunPlan } from "../../plan/plan-run.js";
import { openUnnamedFile } from "../../run-store/unnamed-file.js";
import { runWorkflow } from "../../schedule/run-workflow.js";
import type { TypedTrust } from "../../trust/find-trust.js";
import { openView } from "../../view/open-view.js";
import { openAgentPool } from "../agents/open-agent-pool.js";
import { openTrust } from "../agents/open-trust.js";
import { exitCodeOf } from "../exit-code.js";
import { openArtifacts } from "../run/open-artifacts.js";
import { openTaskRunners } from "../run/task-runners.js";
import { onStopSignal } from "../stop-signal.js";
import { openInventory } from "../workflow/open-inventory.js";
import { openExecDirectory } from "./exec-directory.js";
import type { ExecArguments } from "./exec-options.js";
import { planExec } from "./exec-plan.js";

/** Runs a command on all agents that are selected, at the same time; gives the joined exit code. */
export async function execCommand(args: ExecArguments): Promise<number> {
  const inventory = await openInventory(args.agents);
  const trust = await openTrust(args.trust);
  const candidates = await reachable(args.selector, inventory, trust);
  const directory = await openExecDirectory();
  try {
    return await perform(planExec({ ...args, candidates, directory: directory.path }), trust, args);
  } finally {
    await directory.close();
  }
}

/** Each agent by itself, without those that have answered that they are not what was asked for. */
async function reachable(text: string, inventory: Inventory, trust: TypedTrust): Promise<Candidate[]> {
  const candidates = selectByText(text, inventory);
  const [pool, { findSuitable }] = await Promise.all([
    openAgentPool(trust),
    import("../../placement/find-suitable.js"),
  ]);
  try {
    return await findSuitable(candidates, { pool, inventory, text });
  } finally {
    await pool.close();
  }
}

async function perform(
  plan: RunPlan,
  trust: TypedTrust,
  { output, ...args }: ExecArguments,
): Promise<number> {
  const { color, timestamps, logOrder: order } = args;
  const warn = (message: string) => void emit({ type: "warning", message });
  const runners = await openTaskRunners(plan, { inventory: emptyInventory, trust, warn });
  const view = await openView(output, {
    color,
    timestamps,
    order,
    env: process.env,
    openFile: () => openUnnamedFile(plan.workflowDirectory, plan.runId),
    isStdoutTaken: false,
    logOf: () => undefined,
    hasSeenFailures: true,
  });
  const stop = onStopSignal({ say: view.say?.bind(view) });
  const emit = eventStream([(event) => view.show(event)]);
  try {
    const summary = await runWorkflow(plan, {
      runnerFor: runners.runnerFor,
      here: runners.here,
      artifacts: (await openArtifacts(plan, undefined)).store,
      emit,
      signal: stop.signal,
      jobs: plan.groups.length,
      keepGoing: true,
    });
    return exitCodeOf(summary, stop.received);
  } finally {
    await runners.close();
    await view.close();
    stop.forget();
  }
}
