import { availableParallelism } from "node:os";
import { loadWorkflow } from "@sloth/dsl";
import { quietGrpc } from "@sloth/protocol";
import { createLocalTaskRunner } from "@sloth/runtime";
import { AgentPool } from "../dispatch/agent-pool.js";
import { createRemoteTaskRunner, Workspaces } from "../dispatch/remote-task-runner.js";
import { emptyInventory, readInventory } from "../inventory/inventory.js";
import { planRun } from "../plan/plan-run.js";
import { runWorkflow } from "../schedule/run-workflow.js";
import { LineWriter } from "../view/line-writer.js";
import { PlainView } from "../view/plain-view.js";
import type { RunArguments } from "./command-line.js";
import { exitCodeOf } from "./exit-code.js";
import { onStopSignal } from "./stop-signal.js";

/** Loads, plans, runs and shows a workflow; gives the exit code. */
export async function runCommand(args: RunArguments): Promise<number> {
  const loaded = await loadWorkflow(args.file);
  const inventory = args.agents === undefined ? emptyInventory : await readInventory(args.agents);
  const plan = await planRun(loaded, { group: args.group, inventory });

  quietGrpc();
  const stop = onStopSignal();
  const local = createLocalTaskRunner();
  const pool = new AgentPool();
  const workspaces = new Workspaces();
  const view = new PlainView({
    stdout: new LineWriter(process.stdout),
    stderr: new LineWriter(process.stderr),
    color: process.stdout.isTTY === true && !process.env.NO_COLOR,
  });
  try {
    const summary = await runWorkflow(plan, {
      runnerFor: ({ target }) => (target ? createRemoteTaskRunner({ pool, workspaces, target }) : local),
      emit: (event) => view.show(event),
      signal: stop.signal,
      jobs: args.jobs ?? availableParallelism(),
      keepGoing: args.keepGoing,
    });
    return exitCodeOf(summary, stop.received);
  } finally {
    stop.forget();
    pool.close();
    await local.close();
  }
}
