import { availableParallelism } from "node:os";
import { openArtifactStore } from "../artifacts/artifact-store.js";
import { eventStream } from "../events/event-stream.js";
import { planRun } from "../plan/plan-run.js";
import { runWorkflow } from "../schedule/run-workflow.js";
import { LineWriter } from "../view/line-writer.js";
import { PlainView } from "../view/plain-view.js";
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

  const stop = onStopSignal();
  const { luaMemoryLimitBytes } = args;
  const runners = await openTaskRunners(plan, { inventory, luaMemoryLimitBytes });
  const view = new PlainView({
    stdout: new LineWriter(process.stdout),
    stderr: new LineWriter(process.stderr),
    color: process.stdout.isTTY === true && !process.env.NO_COLOR,
  });
  try {
    const summary = await runWorkflow(plan, {
      runnerFor: runners.runnerFor,
      here: runners.here,
      artifacts: openArtifactStore(async () => {
        const { makeArtifactDirectory } = await import("../run-store/artifact-directory.js");
        return makeArtifactDirectory(plan.workflowDirectory, plan.runId);
      }),
      emit: eventStream([(event) => view.show(event)]),
      signal: stop.signal,
      jobs: args.jobs ?? availableParallelism(),
      keepGoing: args.keepGoing,
      timeoutMs: args.timeoutMs,
    });
    return exitCodeOf(summary, stop.received);
  } finally {
    stop.forget();
    await runners.close();
    await view.close();
  }
}
