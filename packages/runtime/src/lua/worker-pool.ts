import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { RuntimeError } from "../runtime-error.js";

/** Reached from `src` and from `dist` alike: a worker cannot load TypeScript. */
const ENTRY = new URL("../../dist/lua/lua-worker.js", import.meta.url);

/** Of a worker's JavaScript, which only carries values; the Lua heap is outside of it. */
const JAVASCRIPT_HEAP_MB = 512;

/** Idle threads beyond these are ended; each holds about 20 MB. */
const MOST_IDLE = 8;

/**
 * Worker threads for Lua, each for one task at a time. A thread whose task has ended cleanly serves the next one, in
 * a Lua state of its own, since starting a thread costs about 0.1 s of CPU, ten times as much as the state. The first
 * is started for the first `take`; idle ones do not keep the process alive.
 */
export class LuaWorkerPool {
  #idle: Promise<Worker>[] = [];
  #busy = 0;
  #ready: number;

  /** @param ready - so many threads are there, working or idle, once there has been a task */
  constructor(ready: number) {
    this.#ready = ready;
  }

  /**
   * A worker without a task, which the caller gives back.
   *
   * @throws {RuntimeError} WORKER_UNAVAILABLE
   */
  async take(): Promise<Worker> {
    this.#busy += 1;
    try {
      const worker = await this.#next();
      worker.ref();
      if (this.#idle.length === 0 && this.#busy < this.#ready) this.#keep(startWorker());
      return worker;
    } catch (error) {
      this.#busy -= 1;
      throw error;
    }
  }

  /** Keeps a worker for another task, or ends it where it is not clean. */
  giveBack(worker: Worker, isClean: boolean): void {
    this.#busy -= 1;
    worker.unref();
    if (isClean && this.#idle.length < MOST_IDLE) this.#keep(Promise.resolve(worker));
    else void worker.terminate();
  }

  /** Ends the workers that are idle. The next `take` starts over. */
  async close(): Promise<void> {
    const idle = this.#idle.splice(0);
    await Promise.all(idle.map((worker) => worker.then((started) => started.terminate()).catch(() => {})));
  }

  async #next(): Promise<Worker> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      // One that broke while it waited is nobody's loss.
      const worker = await idle.catch(() => undefined);
      if (worker && worker.threadId !== ENDED) return worker;
    }
    return startWorker();
  }

  #keep(worker: Promise<Worker>): void {
    worker.catch(() => {});
    this.#idle.push(worker);
  }
}

/** The `threadId` of a worker that has ended. */
const ENDED = -1;

async function startWorker(): Promise<Worker> {
  try {
    const worker = new Worker(ENTRY, {
      // Options of this process, such as loaders of a test runner, are not for a worker of ours.
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: JAVASCRIPT_HEAP_MB },
    });
    worker.unref();
    await once(worker, "message");
    // Whoever uses it listens as well; without any listener an error would end the process.
    worker.on("error", () => {});
    return worker;
  } catch (cause) {
    throw new RuntimeError("WORKER_UNAVAILABLE", `Cannot start a worker thread for Lua: ${cause}`, { cause });
  }
}
