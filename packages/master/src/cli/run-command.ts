import { availableParallelism } from "node:os";
import { openArtifactStore } from "../artifacts/artifact-store.js";
import { eventStream } from "../events/event-stream.js";
import { planRun } from "../plan/plan-run.js";
import { recordRun } from "../run-store/record-run.js";
import { runWorkflow } from "../schedule/run-workflow.js";
import { openView } from "../view/open-view.js";
import { exitCodeOf } from "./exit-code.js";
import { loadFile } from "./load-file.js";
import { openInventory } from "./open-inventory.js";
import type { RunArguments } from "./run-options.js";
import { onStopSignal } from "./stop-signal.js";
import { openTaskRunners } from "./task-runners.js";

/** Loads, plans, runs and shows a workflow; gives the exit code. */
export async function runCommand(args: RunArguments): Promise<number> {
  const loaded = await loadFile(args, args.luaMemoryLimitBytes);
  const { select, workspace } = args;
  const { environment } = loaded;
  const inventory = await openInventory(args.agents);
  const plan = await planRun(loaded, { select, workspace, environment, inventory });

  const { luaMemoryLimitBytes, color } = args;
  const view = await openView(args.output, { color, env: process.env });
  const stop = onStopSignal({ say: view.say?.bind(view) });
  const runners = await openTaskRunners(plan, { inventory, luaMemoryLimitBytes });
  const recorder = recordRun({ ...plan, warn: (message) => void emit({ type: "warning", message }) });
  const emit = eventStream([recorder.listen, (event) => view.show(event)]);
  try {
    const summary = await runWorkflow(plan, {
      runnerFor: runners.runnerFor,
      here: runners.here,
      artifacts: openArtifactStore(async () => {
        const { makeArtifactDirectory } = await import("../run-store/artifact-directory.js");
        return makeArtifactDirectory(plan.workflowDirectory, plan.runId);
      }),
      emit,
      signal: stop.signal,
      jobs: args.jobs ?? availableParallelism(),
      keepGoing: args.keepGoing,
      timeoutMs: args.timeoutMs,
    });
    return exitCodeOf(summary, stop.received);
  } finally {
    await runners.close();
    await recorder.close();
    await view.close();
    // Last, since a signal must not leave the terminal as the view has it.
    stop.forget();
  }
}
