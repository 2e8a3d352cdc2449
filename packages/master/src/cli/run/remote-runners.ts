import type { TaskRunner } from "@sloth/runtime";
import { warmScanThread } from "@sloth/workspace";
import { ticketOf } from "../../dispatch/attempt-ticket.js";
import {
  createJoinedTaskRunner,
  type JoinedRunnerOptions,
  type LeftAttempt,
} from "../../dispatch/joined-task-runner.js";
import { LandedChanges } from "../../dispatch/landed-changes.js";
import { type LossTerms, lossTerms } from "../../dispatch/loss-terms.js";
import { createPlacedTaskRunner } from "../../dispatch/placed-task-runner.js";
import { Workspaces } from "../../dispatch/remote-task-runner.js";
import { workspaceTerms } from "../../dispatch/workspace-terms.js";
import type { RunEvent } from "../../events/run-event.js";
import type { Inventory } from "../../inventory/inventory.js";
import type { AgentSelection } from "../../inventory/selection.js";
import { Placements } from "../../placement/placements.js";
import { requireSuitable } from "../../placement/require-suitable.js";
import type { PlannedTask, RunPlan } from "../../plan/plan-run.js";
import { openRunStore } from "../../run-store/run-store.js";
import { openTickets } from "../../run-store/tickets.js";
import type { Tracing } from "../../tracing/open-tracing.js";
import type { TypedTrust } from "../../trust/find-trust.js";
import { openAgentPool } from "../agents/open-agent-pool.js";

/** The runners of the delegated tasks of one run. */
export interface RemoteRunners {
  /** @throws {MasterError} UNKNOWN_AGENT when all agents have answered, and none is what a task asks for */
  requireSuitable(inventory: Inventory): Promise<void>;
  /** @param left - of the run that this one takes up: the first attempt joins it */
  runnerFor(planned: PlannedTask, selection: AgentSelection, left?: LeftAttempt): TaskRunner;
  /** Puts down the ticket of an attempt that another run has left. */
  takeOver(left: Omit<LeftAttempt, "adopt">): Promise<LeftAttempt>;
  /** Takes the events of the run as they come. */
  listen(event: RunEvent): void;
  close(): Promise<void>;
}

export interface RemoteRunnersOptions {
  trust: TypedTrust;
  /** How long an agent keeps an attempt whose master it does not hear, in milliseconds. Absent: as `lossTerms` says. */
  leaseMs?: number | undefined;
  /** Resolves when what was told until now would survive the end of this process. Default: at once. */
  recorded?: (() => Promise<void>) | undefined;
  tracing?: Pick<Tracing, "headersOf"> | undefined;
  /** Told of what a person should know of agents. */
  warn(message: string): void;
}

/** Loaded only for a plan, or a function, that delegates something: what it needs takes time to load. */
export async function openRemoteRunners(
  plan: RunPlan,
  { trust, leaseMs, recorded, tracing, warn }: RemoteRunnersOptions,
): Promise<RemoteRunners> {
  // First, since the start of a thread takes long.
  const delegated = plan.groups.flatMap(({ tasks }) => tasks).filter(({ selection }) => selection);
  for (const workspace of new Set(delegated.map((task) => task.workspace))) warmScanThread(workspace);
  const pool = await openAgentPool(trust, recorded);
  const workspaces = new Workspaces();
  const placements = new Placements(pool, warn);
  const store = openRunStore(plan.workflowDirectory, plan.runId);
  const tickets = openTickets(plan.workflowDirectory, plan.runId);
  const landed = new LandedChanges();
  const selections = plan.groups.flatMap(({ tasks }) => tasks.flatMap(({ selection }) => selection ?? []));
  return {
    requireSuitable: (inventory) => requireSuitable(selections, { pool, inventory }),
    runnerFor(planned, selection, left) {
      const options: JoinedRunnerOptions = {
        pool,
        workspaces,
        loss: lossTermsOf(planned, leaseMs),
        recorded,
        ticketOf: (attempt) => ticketOf(attempt, tickets),
        headersOf: tracing && ((attempt) => tracing.headersOf(attempt)),
        termsOf: ({ number }, { label: agent }) =>
          workspaceTerms({ planned, agent, plan, attempt: number, store, landed }),
      };
      const afresh = createPlacedTaskRunner({ ...options, placements, selection });
      return left ? createJoinedTaskRunner(left, afresh, options) : afresh;
    },
    async takeOver(left) {
      const { origin: _, ...own } = left.ticket;
      await tickets.write(left.ticket, left.encodedBase);
      return { ...left, adopt: () => tickets.write(own, left.encodedBase) };
    },
    listen(event) {
      if (event.type !== "task-finished" && event.type !== "task-retrying") return;
      // A ticket that cannot be removed is of a task whose end is recorded.
      pool.partings.afterRecord(() => tickets.forget(event.task, event.attempt).catch(() => {}));
    },
    close: () => pool.close(),
  };
}

/** Where it may run again although its outcome is unknown, it must be dead before. */
function lossTermsOf({ task, rerunsUnknown }: PlannedTask, leaseMs: number | undefined): LossTerms {
  const terms = lossTerms(task.onAgentLost, leaseMs);
  return rerunsUnknown ? { ...terms, onLost: "retry" } : terms;
}
