import type { EventQueue } from "../output/event-queue.js";
import { drain, type OutputStream } from "../output/output-stream.js";
import { ProcessTree } from "../process-tree/process-tree.js";
import { reapedMark } from "../reaper/reaper.js";
import type { Attempt, TaskResult } from "../task-runner.js";
import type { AttemptScope } from "./attempt-scope.js";
import type { AttemptStop } from "./stop-cause.js";
import { taskEnvironment } from "./task-environment.js";
import { resolveWorkingDirectory } from "./working-directory.js";

/** How long the last output may take to arrive when no process is left that could write. */
const LAST_OUTPUT_MS = 200;

/** Runs the command of an attempt; what is left of its processes afterwards is not its business. */
export type CommandRunner = (scope: AttemptScope) => Promise<TaskResult>;

/**
 * Runs one attempt: `started`, then what the command says, and its result when no process of it is left.
 *
 * 1. The command runs until it ends by itself, or until `stop` is called, which ends the process tree.
 * 2. After a normal end the tree is ended too: background processes that were left.
 * 3. What the pipes still hold is read.
 */
export async function runAttempt(
  attempt: Attempt,
  { events, stop, runCommand }: { events: EventQueue; stop: AttemptStop; runCommand: CommandRunner },
): Promise<TaskResult> {
  const place = await resolveWorkingDirectory(attempt);
  if (stop.cause) return stop.cause;
  if ("problem" in place) return { status: "failed", message: place.problem };
  const tree = new ProcessTree(reapedMark());
  const endTree = () => tree.end(attempt.graceMs);
  const outputs: OutputStream[] = [];
  const environment = taskEnvironment(attempt, process.env);
  stop.signal.addEventListener("abort", endTree, { once: true });
  events.pushNow({ type: "started" });
  try {
    const { directory } = place;
    const result = await runCommand({ attempt, directory, environment, events, stop, tree, outputs });
    return withSurvivors(result, await endTree());
  } finally {
    stop.signal.removeEventListener("abort", endTree);
    await endTree();
    await drain(outputs, events, LAST_OUTPUT_MS);
    for (const output of outputs) output.abandon();
  }
}

function withSurvivors(result: TaskResult, pids: number[]): TaskResult {
  if (pids.length === 0) return result;
  const warning = `processes that cannot be killed are left: ${pids.join(", ")}`;
  return { ...result, message: result.message ? `${result.message}; ${warning}` : warning };
}
