import { availableParallelism } from "node:os";
import { eventStream } from "../events/event-stream.js";
import { planRun, type RunPlan } from "../plan/plan-run.js";
import { recordRun } from "../run-store/record-run.js";
import { openUnnamedFile } from "../run-store/unnamed-file.js";
import { runWorkflow } from "../schedule/run-workflow.js";
import { openResult, openView, type ViewOptions } from "../view/open-view.js";
import { ReturnedValues } from "../view/returned-values.js";
import { EXIT, exitCodeOf } from "./exit-code.js";
import { loadFile } from "./load-file.js";
import { openArtifacts } from "./open-artifacts.js";
import { openInventory } from "./open-inventory.js";
import { openReports } from "./open-reports.js";
import { ownCommand } from "./own-command.js";
import type { RunArguments } from "./run-options.js";
import { onStopSignal } from "./stop-signal.js";
import { openTaskRunners } from "./task-runners.js";

/** Loads, plans, runs and shows a workflow; gives the exit code. */
export async function runCommand(args: RunArguments): Promise<number> {
  const reports = await openReports(args.reports);
  const loaded = await loadFile(args, args.luaMemoryLimitBytes);
  const { select, workspace, graceMs } = args;
  const { environment } = loaded;
  const inventory = await openInventory(args.agents);
  const { rerunFailed } = args;
  const rerun = rerunFailed
    ? await (await import("./open-rerun.js")).openRerun(loaded, rerunFailed)
    : undefined;
  if (rerun?.again.size === 0) return EXIT.succeeded;
  const plan = await planRun(loaded, { select, rerun, workspace, environment, inventory, graceMs });
  if (args.isDryRun) {
    const { dryRunWithAgents } = await import("./dry-run.js");
    return dryRunWithAgents(plan, { isJson: args.output === "json" });
  }
  plan.info.command = ownCommand({ argv: process.argv, env: process.env, directory: process.cwd() });

  const { luaMemoryLimitBytes } = args;
  const recorder = recordRun({ ...plan, warn: (message) => void emit({ type: "warning", message }) });
  const returned = new ReturnedValues();
  const view = await openView(args.output, { ...viewOptionsOf(args, plan), logOf: recorder.logOf });
  const stop = onStopSignal({ say: view.say?.bind(view) });
  const runners = await openTaskRunners(plan, { inventory, luaMemoryLimitBytes });
  const emit = eventStream([
    recorder.listen,
    (event) => view.show(event),
    (event) => returned.take(event),
    reports.listen,
  ]);
  const artifacts = await openArtifacts(plan, rerun?.record.runId);
  let exitCode: number;
  try {
    const summary = await runWorkflow(plan, {
      runnerFor: runners.runnerFor,
      here: runners.here,
      artifacts: artifacts.store,
      emit,
      signal: stop.signal,
      jobs: args.jobs ?? availableParallelism(),
      keepGoing: args.keepGoing,
      timeoutMs: args.timeoutMs,
    });
    exitCode = exitCodeOf(summary, stop.received);
    if (exitCode === EXIT.succeeded) await artifacts.remove();
    const unwritten = await reports.write();
    for (const message of unwritten) await emit({ type: "warning", message });
    if (exitCode === EXIT.succeeded && unwritten.length > 0) exitCode = EXIT.infrastructure;
  } finally {
    await runners.close();
    await recorder.close();
    await view.close();
    // Last, since a signal must not leave the terminal as the view has it.
    stop.forget();
  }
  if (args.returnsValues) await (await openResult(process.env)).line(returned.document);
  return exitCode;
}

function viewOptionsOf(
  { color, timestamps, logOrder: order, returnsValues }: RunArguments,
  { workflowDirectory, runId }: RunPlan,
): Omit<ViewOptions, "logOf"> {
  const openFile = () => openUnnamedFile(workflowDirectory, runId);
  return { color, timestamps, order, openFile, isStdoutTaken: returnsValues, env: process.env };
}
