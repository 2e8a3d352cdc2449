import { drain, type OutputStream } from "../output/output-stream.js";
import { ProcessTree } from "../process-tree/process-tree.js";
import { reapedMark, reapUntilEnded } from "../reaper/reaper.js";
import type { TaskEvent, TaskResult } from "../task-runner.js";
import type { AttemptScope } from "./attempt-scope.js";

/** How long the last output may take to arrive when no process is left that could write. */
const LAST_OUTPUT_MS = 200;

const LEFT_RUNNING: TaskEvent = {
  type: "log",
  record: { level: "warn", message: "what it has left running was ended with it" },
};

/** Runs the command of an attempt; what is left of its processes afterwards is not its business. */
export type CommandRunner = (scope: AttemptScope) => Promise<TaskResult>;

/** Runs something of an attempt in a process tree of its own, of which nothing is left when it has ended. */
export async function runInTree(
  surroundings: Omit<AttemptScope, "tree" | "outputs">,
  runCommand: CommandRunner,
): Promise<TaskResult> {
  const { attempt, stop, events } = surroundings;
  const tree = ProcessTree.inside(reapedMark());
  const hasEnded = reapUntilEnded(attempt.graceMs);
  const endTree = () => tree.end(attempt.graceMs);
  const outputs: OutputStream[] = [];
  stop.signal.addEventListener("abort", endTree, { once: true });
  try {
    const result = await runCommand({ ...surroundings, tree, outputs });
    const survivors = await endTree();
    if (tree.hasEndedSome && !stop.signal.aborted) events.pushNow(LEFT_RUNNING);
    return withSurvivors(result, survivors);
  } finally {
    stop.signal.removeEventListener("abort", endTree);
    await endTree();
    await drain(outputs, events, LAST_OUTPUT_MS);
    for (const output of outputs) output.abandon();
    hasEnded();
  }
}

function withSurvivors(result: TaskResult, pids: number[]): TaskResult {
  if (pids.length === 0) return result;
  const warning = `processes that cannot be killed are left: ${pids.join(", ")}`;
  return { ...result, message: result.message ? `${result.message}; ${warning}` : warning };
}
