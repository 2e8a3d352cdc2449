import type { AttemptScope } from "../attempt/attempt-scope.js";
import { drain } from "../output/output-stream.js";
import { requireAllowed } from "../policy/require-allowed.js";
import { type ExitStatus, StartFailure } from "../process/launch.js";
import { startProcess } from "../process/start-process.js";
import type { TaskResult } from "../task-runner.js";
import { shellInvocation } from "./shell-invocation.js";

/** How long output may follow the end of the shell, from processes that it left behind. */
export const TRAILING_OUTPUT_MS = 2_000;

/** Runs a task's script to its end and streams its output. Left-over processes are the caller's to end. */
export async function runShellCommand(scope: AttemptScope, script: string): Promise<TaskResult> {
  try {
    return await runScript(scope, script);
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    return scope.stop.cause ?? { status: "failed", message: error.message };
  }
}

async function runScript(scope: AttemptScope, script: string): Promise<TaskResult> {
  const { attempt, directory, environment, events, policy, tree } = scope;
  requireAllowed(policy, { script });
  const shell = await startProcess({
    invocation: shellInvocation(script, attempt.umask),
    directory,
    environment,
    stdout: (bytes) => events.push({ type: "output", stream: "stdout", bytes }),
    stderr: (bytes) => events.push({ type: "output", stream: "stderr", bytes }),
    tree,
  });
  scope.outputs.push(...shell.outputs);
  const status = await shell.exited;
  // What comes later cannot change how the command ended.
  const cause = scope.stop.cause;
  await drain(shell.outputs, events, TRAILING_OUTPUT_MS);
  return { ...(cause ?? verdict(status)), ...status };
}

function verdict({ exitCode, signal }: ExitStatus): TaskResult {
  if (exitCode === 0) return { status: "succeeded" };
  return { status: "failed", message: describeEnd({ exitCode, signal }) };
}

/** How a process ended, for a person. */
function describeEnd({ exitCode, signal }: ExitStatus): string {
  return signal === undefined ? `exited with ${exitCode}` : `ended by ${signal}`;
}
