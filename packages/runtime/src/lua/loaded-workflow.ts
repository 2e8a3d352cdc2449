import { isDeepStrictEqual } from "node:util";
import { openWorkflowState, type WorkflowState } from "@sloth/dsl";
import type { LuaJob } from "./worker-messages.js";

/**
 * The workflow that this thread has loaded last. Tasks of a run come one after the other, and each takes the state as
 * loading has left it instead of loading again.
 */
export class LoadedWorkflow {
  #kept: { of: Pick<LuaJob, "source" | "memoryLimitBytes">; state: WorkflowState } | undefined;

  /** A state for one task; {@link release} comes when the task is over. @throws as `openTaskState` */
  async take({ source, memoryLimitBytes }: LuaJob): Promise<WorkflowState> {
    // All that loading depends on, and nothing of the task.
    const wanted = { source, memoryLimitBytes };
    if (this.#kept && isDeepStrictEqual(this.#kept.of, wanted)) return this.#kept.state;
    this.#kept = undefined;
    const state = await openWorkflowState({ ...source, memoryLimitBytes });
    state.remember();
    this.#kept = { of: wanted, state };
    return state;
  }

  /** Wipes what the task has left. */
  release(): void {
    if (!this.#kept?.state.reset()) this.#kept = undefined;
  }
}
