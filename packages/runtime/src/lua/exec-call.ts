import { statSync } from "node:fs";
import type { ExecOutcome, ExecRequest } from "@sloth/dsl";
import type { AttemptScope } from "../attempt/attempt-scope.js";
import { limitExceeded, startTimer } from "../attempt/time-limit.js";
import { drain, type OutputSink } from "../output/output-stream.js";
import { requireAllowed } from "../policy/require-allowed.js";
import { type ExitStatus, StartFailure } from "../process/launch.js";
import { type StartedProcess, startProcess } from "../process/start-process.js";
import type { ProcessTree } from "../process-tree/process-tree.js";
import { namedShell } from "../shell/find-shell.js";
import { TRAILING_OUTPUT_MS } from "../shell/run-shell-command.js";
import { shellInvocation } from "../shell/shell-invocation.js";
import { KeptOutput } from "./kept-output.js";

interface ExecCall {
  scope: AttemptScope;
  request: ExecRequest;
  tree: ProcessTree;
  stdout: KeptOutput;
  stderr: KeptOutput;
}

/**
 * Runs a process for a Lua function: its output is an event at once, and is returned at the end. Background
 * processes that it leaves live on until the attempt ends; its time limit ends them.
 */
export async function execute(scope: AttemptScope, request: ExecRequest): Promise<ExecOutcome> {
  const tree = scope.tree.part();
  const call = { scope, request, tree, stdout: new KeptOutput(), stderr: new KeptOutput() };
  try {
    const process = await startExec(call);
    scope.outputs.push(...process.outputs);
    return await finishExec(call, process);
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    return { success: false, stdout: new Uint8Array(), stderr: new Uint8Array(), error: error.message };
  }
}

function startExec(call: ExecCall): Promise<StartedProcess> {
  const { scope, request, tree, stdout } = call;
  const { command: script, shell: named, env } = request;
  requireAllowed(scope.policy, { script, shell: named, env });
  const directory = request.workdir ?? scope.directory;
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new StartFailure(`the working directory ${directory} does not exist`);
  const shell = named === undefined ? undefined : namedShell(named);
  return startProcess({
    invocation: shellInvocation(script, scope.attempt.umask, shell),
    directory,
    environment: { ...scope.environment, ...env },
    stdout: request.output === "returned" ? keepAlone(stdout) : streamAndKeep(call, "stdout"),
    stderr: streamAndKeep(call, "stderr"),
    tree,
    ...(request.stdin && { stdin: request.stdin }),
  });
}

function streamAndKeep({ scope, request, ...kept }: ExecCall, stream: "stdout" | "stderr"): OutputSink {
  const isKept = request.output !== "shown";
  return (bytes) => {
    if (isKept) kept[stream].add(bytes);
    return scope.events.push({ type: "output", stream, bytes });
  };
}

function keepAlone(kept: KeptOutput): OutputSink {
  return async (bytes) => kept.add(bytes);
}

async function finishExec(call: ExecCall, { exited, outputs }: StartedProcess): Promise<ExecOutcome> {
  const { scope, request, tree } = call;
  const { timeoutMs } = request;
  let problem: string | undefined;
  const release =
    timeoutMs === undefined
      ? () => {}
      : startTimer(timeoutMs, () => {
          problem = limitExceeded(timeoutMs);
          void tree.end(scope.attempt.graceMs);
        });
  try {
    const status = await exited;
    const error = problem;
    await drain(outputs, scope.events, TRAILING_OUTPUT_MS);
    if (error !== undefined) await tree.end(scope.attempt.graceMs);
    return outcome(call, status, error);
  } finally {
    release();
  }
}

function outcome({ stdout, stderr }: ExecCall, status: ExitStatus, limit: string | undefined): ExecOutcome {
  const error = limit ?? stdout.problem ?? stderr.problem;
  return {
    success: status.exitCode === 0 && error === undefined,
    stdout: stdout.take(),
    stderr: stderr.take(),
    ...status,
    ...(error !== undefined && { error }),
  };
}
