import type { RemoteOutcome, TaskRequest } from "@sloth/dsl";
import type { AttemptScope } from "../attempt/attempt-scope.js";
import type { Delegate } from "../delegate.js";
import type { TaskResult } from "../task-runner.js";
import { KeptOutput } from "./kept-output.js";

/** Runs a task elsewhere for a Lua function: what it tells is told of the function's task, and returned at the end. */
export async function runElsewhere(
  scope: AttemptScope,
  request: TaskRequest,
  delegate: Delegate | undefined,
): Promise<RemoteOutcome> {
  const kept = { stdout: new KeptOutput(), stderr: new KeptOutput() };
  const result = await follow(scope, request, { delegate, kept });
  const { exitCode, signal, outputs, exports } = result;
  const problem = kept.stdout.problem ?? kept.stderr.problem;
  const success = result.status === "succeeded" && problem === undefined;
  const message = result.message ?? problem;
  return {
    success,
    stdout: kept.stdout.take(),
    stderr: kept.stderr.take(),
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    ...(outputs !== undefined && { outputs }),
    ...(exports && { exports }),
    ...(message !== undefined && { message }),
  };
}

async function follow(
  scope: AttemptScope,
  request: TaskRequest,
  { delegate, kept }: { delegate: Delegate | undefined; kept: Record<"stdout" | "stderr", KeptOutput> },
): Promise<TaskResult> {
  if (!delegate) return { status: "failed", message: "nothing can be delegated from here" };
  const chosen = await delegate(request, scope.attempt).catch((error: Error) => error);
  if (chosen instanceof Error) return { status: "failed", message: chosen.message };
  for await (const event of chosen.runner.run(chosen.attempt, { signal: scope.stop.signal })) {
    if (event.type === "result") return event.result;
    if (event.type === "output") kept[event.stream].add(event.bytes);
    if (event.type === "output" || event.type === "log") await scope.events.push(event);
  }
  throw new Error(`The runner of task "${request.name}" ended without a result.`);
}
