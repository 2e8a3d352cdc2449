import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { WorkspaceError } from "../errors.js";
import type { ScanAnswer, ScanJob } from "./scan-job.js";
import type { ThreadReply, ThreadRequest } from "./scan-thread.js";
import { buffersOf, type StatIndex } from "./stat-index.js";

const ENTRY = new URL("../../dist/snapshot/scan-thread.js", import.meta.url);
/** More do not help: a scan waits for the kernel's locks rather than for a processor. */
const MOST_THREADS = Math.min(4, availableParallelism());

/**
 * A thread that has scanned a tree with more than this in it is not kept: its heap stays as large as it was, and
 * starting another takes a small part of the time of such a scan.
 */
const LARGE_ENTRIES = 50_000;
/** A scan leaves much garbage and keeps little; with more room for it, it takes more memory and no less time. */
const YOUNG_GENERATION_MB = 6;

const idle: Worker[] = [];
const waiting: (() => void)[] = [];
let started = 0;

/** Starts a thread before it is needed, so that its start overlaps with other work. */
export function startScanThread(): void {
  if (started === 0) putBack(start());
}

/**
 * Scans on a thread of its own, of which this process keeps a few; they do not keep it alive.
 * @throws {WorkspaceError} as scanTree does; rejects with the signal's reason when it is aborted
 */
export async function scanOnThread(job: ScanJob, signal?: AbortSignal): Promise<ScanAnswer> {
  signal?.throwIfAborted();
  const worker = await take();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const onAbort = () => Atomics.store(stop, 0, 1);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const reply = await ask(worker, { job: { ...job, known: job.known && copyOf(job.known) }, stop });
    const isLarge = "answer" in reply && reply.answer.entries > LARGE_ENTRIES;
    // Its exit makes room for the next one.
    if (isLarge) void worker.terminate();
    else putBack(worker);
    signal?.throwIfAborted();
    return answerOf(reply);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/**
 * A copy to hand over: of what is not handed over, a message makes two, and the one in between grows by doubling.
 */
function copyOf({ encoded, identities }: StatIndex): StatIndex {
  return { encoded: new Uint8Array(encoded), identities: identities.slice() };
}

function answerOf(reply: ThreadReply): ScanAnswer {
  if ("answer" in reply) return reply.answer;
  if ("stopped" in reply) throw new Error("A scan stopped that nobody had asked to stop.");
  const { code, message, path, target } = reply.fault;
  throw new WorkspaceError(code, message, {
    ...(path === undefined ? {} : { path }),
    ...(target === undefined ? {} : { target }),
  });
}

async function take(): Promise<Worker> {
  for (;;) {
    const worker = idle.pop();
    if (worker !== undefined) return worker;
    if (started < MOST_THREADS) return start();
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
}

function putBack(worker: Worker): void {
  worker.unref();
  idle.push(worker);
  waiting.shift()?.();
}

function start(): Worker {
  started++;
  const worker = new Worker(ENTRY, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });
  // What goes wrong in it reaches whoever asked; this one is for a worker that nobody asks.
  worker.on("error", () => {});
  worker.on("exit", () => {
    started--;
    const at = idle.indexOf(worker);
    if (at !== -1) idle.splice(at, 1);
    waiting.shift()?.();
  });
  return worker;
}

function ask(worker: Worker, request: ThreadRequest): Promise<ThreadReply> {
  worker.ref();
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error("The thread that scans ended."));
    worker.once("error", reject);
    worker.once("exit", onExit);
    worker.once("message", (reply: ThreadReply) => {
      worker.off("error", reject);
      worker.off("exit", onExit);
      resolve(reply);
    });
    const { known } = request.job;
    worker.postMessage(request, known === undefined ? [] : buffersOf(known));
  });
}
