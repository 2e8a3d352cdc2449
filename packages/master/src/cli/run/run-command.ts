import { availableParallelism } from "node:os";
import { eventStream } from "../../events/event-stream.js";
import type { Inventory } from "../../inventory/inventory.js";
import { planRun, type RunPlan } from "../../plan/plan-run.js";
import { recordRun } from "../../run-store/record-run.js";
import { openUnnamedFile } from "../../run-store/unnamed-file.js";
import { runWorkflow } from "../../schedule/run-workflow.js";
import { openTracing } from "../../tracing/open-tracing.js";
import type { TypedTrust } from "../../trust/find-trust.js";
import { openResult, openView, type ViewOptions } from "../../view/open-view.js";
import { ReturnedValues } from "../../view/returned-values.js";
import { openTrust } from "../agents/open-trust.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { onStopSignal } from "../stop-signal.js";
import { loadFile } from "../workflow/load-file.js";
import { openInventory } from "../workflow/open-inventory.js";
import { openArtifacts } from "./open-artifacts.js";
import { openReports, type Reports } from "./open-reports.js";
import type { Resumed } from "./open-resumed.js";
import { ownCommand } from "./own-command.js";
import type { RunArguments } from "./run-options.js";
import { onSuspendSignal } from "./suspend-signal.js";
import { openTaskRunners } from "./task-runners.js";

/** Loads, plans, runs and shows a workflow; gives the exit code. */
export async function runCommand(args: RunArguments): Promise<number> {
  const reports = await openReports(args.reports);
  const trust = await openTrust(args.trust);
  const planned = await planOf(args);
  if (!planned) return EXIT.succeeded;
  if (!args.isDryRun) return perform({ ...planned, trust }, args, reports);
  const { dryRunWithAgents } = await import("./dry-run.js");
  return dryRunWithAgents(planned.plan, { isJson: args.output === "json", trust });
}

interface Planned {
  plan: RunPlan;
  inventory: Inventory;
  /** The run that this one continues. */
  continued?: string | undefined;
  resumed?: Resumed | undefined;
}

/** Undefined where nothing is to run again. */
async function planOf(args: RunArguments): Promise<Planned | undefined> {
  const loaded = await loadFile(args, args.luaMemoryLimitBytes);
  const { select, workspace, graceMs, rerunFailed } = args;
  const { environment } = loaded;
  const inventory = await openInventory(args.agents, args.limit);
  const resumed =
    args.resumed &&
    (await (await import("./open-resumed.js")).openResumed(loaded, { ...args.resumed, graceMs }));
  const rerun = rerunFailed
    ? await (await import("./open-rerun.js")).openRerun(loaded, rerunFailed)
    : resumed?.rerun;
  if (rerunFailed && rerun?.again.size === 0) return undefined;
  const plan = await planRun(loaded, { select, rerun, workspace, environment, inventory, graceMs });
  const own = () => ownCommand({ argv: process.argv, env: process.env, directory: process.cwd() });
  plan.info.command = args.resumed?.run.record.command ?? own();
  return { plan, inventory, continued: rerun?.record.runId, resumed };
}

async function perform(
  { plan, inventory, continued, resumed, trust }: Planned & { trust: TypedTrust },
  args: RunArguments,
  reports: Reports,
): Promise<number> {
  const { luaMemoryLimitBytes, leaseMs } = args;
  const warn = (message: string) => void emit({ type: "warning", message });
  const tracing = await openTracing();
  await resumed?.intend(plan.runId);
  const recorder = recordRun({ ...plan, warn });
  // Before anything is recorded, since it may refuse the plan.
  const runners = await openTaskRunners(plan, {
    ...{ inventory, luaMemoryLimitBytes, trust, leaseMs, tracing, warn, leftOf: resumed?.leftOf },
    recorded: () => recorder.recorded(),
  });
  const returned = new ReturnedValues();
  const view = await openView(args.output, { ...viewOptionsOf(args, plan), logOf: recorder.logOf });
  const stop = onStopSignal({ say: view.say?.bind(view) });
  const forgetSuspending = onSuspendSignal(view);
  const emit = eventStream([
    recorder.listen,
    (event) => view.show(event),
    (event) => returned.take(event),
    reports.listen,
    (event) => tracing?.listen(event),
    // Last, since it waits for what has been recorded.
    runners.listen,
  ]);
  const artifacts = await openArtifacts(plan, continued);
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
      onBegun: async () => {
        // What nobody knows to have begun could not be taken up.
        await recorder.recorded();
        runners.noteUnknown();
        await resumed?.claim(plan.runId);
      },
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
    await tracing?.close();
    // Last, since a signal must not leave the terminal as the view has it.
    forgetSuspending();
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
