import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import type { Pace } from "../pacing.js";
import type { CommitArea } from "./commit-area.js";
import { type PlanInput, type PlanStep, planSteps } from "./commit-plan.js";
import { flush, flushFiles } from "./flush.js";
import { readPlan, writePlan } from "./plan-file.js";
import { StepRunner } from "./step-runner.js";
import type { TreeCursor } from "./tree-cursor.js";

export interface CommitOptions {
  root: string;
  cursor: TreeCursor;
  plan: PlanInput;
  area: CommitArea;
  /** Whether a power cut is provided for, not only the end of the process. */
  durable: boolean;
  pace: Pace;
  onStep: (name: string) => void;
}

/**
 * Brings a changeset into the tree, all of it or nothing, whatever dies when:
 * 1. What is to come is staged already. The plan is written beside it, and both are flushed to the disk.
 * 2. The directory of both is renamed into the journal. From here on, whoever opens the workspace carries it through.
 * 3. The steps are done. See {@link planSteps}, {@link StepRunner}.
 * 4. The directory is renamed out of the journal, and removed by the caller.
 *
 * If a step fails, the directory is renamed into `rollback`, and what was done is undone in reverse.
 *
 * Not guaranteed: that a reader sees no state in between; that a change made between the last look at a path and its
 * rename is kept; durability on a file system that does not keep renames in order (ext4, XFS and btrfs do).
 */
export async function commit(options: CommitOptions): Promise<void> {
  const { area, onStep } = options;
  await prepare(options);
  onStep("journal");
  area.enterJournal();
  const progress = { begun: 0 };
  try {
    if (options.durable) await flush(`${area.location}/..`);
    await run(options, progress);
    onStep("done");
    area.leave();
  } catch (cause) {
    rollBack(options, progress.begun, cause);
    throw cause instanceof WorkspaceError ? cause : failed(cause);
  }
}

async function prepare({ root, plan, area, durable, onStep }: CommitOptions): Promise<void> {
  onStep("plan");
  writePlan({ root, directory: area.location }, planSteps(plan));
  if (!durable) return;
  onStep("flush");
  const files = plan.changeset.upserts.filter(({ kind }) => kind === "file");
  await flushFiles(area.location, ["plan", ...files.map(({ path }) => `new-${plan.staged.get(path)}`)]);
}

async function run(options: CommitOptions, progress: { begun: number }): Promise<void> {
  const { cursor, plan, area, pace, onStep } = options;
  const runner = new StepRunner({ cursor, directory: area.location, isAgain: false, onStep });
  for (const step of planSteps(plan)) {
    if (pace.isDue()) await pace.rest();
    // One that fails did not make its directory, and what stands there then is none of ours.
    if (step.kind !== "make-directory") progress.begun++;
    doStep(runner, step);
    if (step.kind === "make-directory") progress.begun++;
  }
}

function doStep(runner: StepRunner, step: PlanStep): void {
  try {
    runner.redo(step);
  } catch (cause) {
    throw systemCode(cause) === undefined ? cause : failedAt(step.path, cause);
  }
}

function rollBack({ root, cursor, area, onStep }: CommitOptions, begun: number, cause: unknown): void {
  try {
    onStep("rollback");
    area.enterRollback(begun);
    const steps = readPlan({ root, directory: area.location }).slice(0, begun);
    const runner = new StepRunner({ cursor, directory: area.location, isAgain: true, onStep });
    for (const step of steps.reverse()) runner.undo(step);
    area.leave();
  } catch (second) {
    const reason = `Applying the change failed, and undoing it failed too: ${systemReason(second)}.`;
    const advice = `What was replaced is in ${quote(area.location)}; undoing is tried again when the directory is used next.`;
    throw new WorkspaceError("ROLLBACK_FAILED", `${reason} ${advice}`, {
      path: area.location,
      cause: new AggregateError([cause, second]),
    });
  }
}

function failedAt(path: string, cause: unknown): WorkspaceError {
  const code = systemCode(cause);
  const isMount = code === "EXDEV" || code === "EBUSY";
  const reason = isMount ? "it is a mount point, or below one" : systemReason(cause);
  const message = `Applying the change failed at ${quote(path)}: ${reason}. The directory is as it was before.`;
  return new WorkspaceError("IO_FAILED", message, { path, cause });
}

function failed(cause: unknown): unknown {
  if (systemCode(cause) === undefined) return cause;
  const message = `Applying the change failed: ${systemReason(cause)}. The directory is as it was before.`;
  return new WorkspaceError("IO_FAILED", message, { cause });
}
