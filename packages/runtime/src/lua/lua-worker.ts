/**
 * The entry of a worker thread: calls the functions of tasks, one after the other, each in a Lua state in which nothing
 * but the workflow has been.
 */
import { parentPort } from "node:worker_threads";
import { DslError, type Host, type TaskState } from "@sloth/dsl";
import { LoadedWorkflow } from "./loaded-workflow.js";
import { callAlone, runWithHooks, tellFailure } from "./run-with-hooks.js";
import { warmUp } from "./warm-up.js";
import { createWorkerHost, WorkerCalls } from "./worker-host.js";
import type { LuaJob, TaskOutcome, WorkerMessage } from "./worker-messages.js";

const port = parentPort;
if (!port) throw new Error("This module is the entry of a worker thread");
const post = (message: WorkerMessage): void => port.postMessage(message);

const workflow = new LoadedWorkflow();
port.on("message", (job: LuaJob) => {
  void carryOut(job)
    .then(post)
    .finally(() => workflow.release());
});
void warmUp().then(() => post({ type: "ready" }));

async function carryOut(job: LuaJob): Promise<WorkerMessage> {
  try {
    return await callFunctions(job);
  } catch (error) {
    return describe(error);
  } finally {
    job.answers.close();
  }
}

async function callFunctions(job: LuaJob): Promise<WorkerMessage> {
  const calls = new WorkerCalls(job, post);
  const host = createWorkerHost(job, post, calls);
  const state = (await workflow.take(job)).openTask(host);
  try {
    const outcome = callWhatIsAsked(job, state, { host, calls });
    const exports = host.exported();
    return { type: "done", outcome: { ...outcome, ...(exports && { exports }) }, isClean: state.isClean };
  } finally {
    state.close();
  }
}

function callWhatIsAsked(
  job: LuaJob,
  state: TaskState,
  { host, calls }: { host: Host; calls: WorkerCalls },
): TaskOutcome {
  if (job.ended) return tellFailure(job, job.ended, state);
  if (job.calls) return callAlone(job, job.calls, state);
  return runWithHooks(job, {
    state,
    runShell: (script) => calls.runShell(script),
    warn: (message) => host.log({ level: "warn", message }),
  });
}

function describe(error: unknown): WorkerMessage {
  if (error instanceof DslError) {
    const { code, message, traceback } = error;
    return { type: "broken", message: `${message} (${code})`, ...(traceback && { traceback }) };
  }
  return { type: "broken", message: error instanceof Error ? error.message : String(error) };
}
