/** The entry of a worker thread: calls the functions of one task of a workflow, then waits to be terminated. */
import { parentPort } from "node:worker_threads";
import { DslError, openTaskState } from "@sloth/dsl";
import { callAlone, runWithHooks, tellFailure } from "./run-with-hooks.js";
import { warmUp } from "./warm-up.js";
import { createWorkerHost, WorkerCalls } from "./worker-host.js";
import type { LuaJob, WorkerMessage } from "./worker-messages.js";

const port = parentPort;
if (!port) throw new Error("This module is the entry of a worker thread");
const post = (message: WorkerMessage): void => port.postMessage(message);

port.once("message", (job: LuaJob) => void callFunction(job).then(post));
await warmUp();
post({ type: "ready" });

async function callFunction(job: LuaJob): Promise<WorkerMessage> {
  const { bundle, file, context, modelHash } = job.source;
  try {
    const calls = new WorkerCalls(job, post);
    const host = createWorkerHost(job, post, calls);
    const state = await openTaskState({
      bundle,
      file,
      context,
      modelHash,
      host,
      memoryLimitBytes: job.memoryLimitBytes,
    });
    if (job.ended) return { type: "done", outcome: tellFailure(job, job.ended, state) };
    if (job.calls) return { type: "done", outcome: callAlone(job, job.calls, state) };
    const outcome = runWithHooks(job, {
      state,
      runShell: (script) => calls.runShell(script),
      warn: (message) => host.log({ level: "warn", message }),
    });
    const exports = host.exported();
    return { type: "done", outcome: { ...outcome, ...(exports && { exports }) } };
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): WorkerMessage {
  if (error instanceof DslError) {
    const { code, message, traceback } = error;
    return { type: "broken", message: `${message} (${code})`, ...(traceback && { traceback }) };
  }
  return { type: "broken", message: error instanceof Error ? error.message : String(error) };
}
