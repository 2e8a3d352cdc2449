import { isDeepStrictEqual } from "node:util";
import { openWorkflowState, type WorkflowState } from "@sloth/dsl";
import type { LuaJob } from "./worker-messages.js";

type Source = Pick<LuaJob, "source" | "memoryLimitBytes">;

/**
 * The workflow that this thread has loaded last. Tasks of a run come one after the other, and each takes the state as
 * loading has left it instead of loading again.
 */
export class LoadedWorkflow {
  #kept: { of: Source; state: WorkflowState } | undefined;

  /** A state for one task; {@link release} comes when the task is over. @throws as `openTaskState` */
  async take(wanted: Source): Promise<WorkflowState> {
    const kept = this.#kept;
    if (kept && isSame(kept.of, wanted)) return kept.state;
    this.#kept = undefined;
    const { memoryLimitBytes } = wanted;
    const state = await openWorkflowState({ ...wanted.source, memoryLimitBytes });
    state.remember();
    this.#kept = { of: wanted, state };
    return state;
  }

  /** Wipes what the task has left. */
  release(): void {
    if (!this.#kept?.state.reset()) this.#kept = undefined;
  }
}

/** By all that loading depends on. */
function isSame(one: Source, other: Source): boolean {
  const [{ bundle, bundleDigest: _, ...rest }, { bundle: otherBundle, bundleDigest: __, ...otherRest }] = [
    one.source,
    other.source,
  ];
  return (
    one.memoryLimitBytes === other.memoryLimitBytes &&
    Buffer.compare(bundle, otherBundle) === 0 &&
    isDeepStrictEqual(rest, otherRest)
  );
}
