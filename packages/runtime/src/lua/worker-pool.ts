import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { RuntimeError } from "../runtime-error.js";

/** Reached from `src` and from `dist` alike: a worker cannot load TypeScript. */
const ENTRY = new URL("../../dist/lua/lua-worker.js", import.meta.url);

/** Of a worker's JavaScript, which only carries values; the Lua heap is outside of it. */
const JAVASCRIPT_HEAP_MB = 512;

/**
 * Worker threads for one use each, some started before they are needed since starting one costs about
 * 0.1 s of CPU. The first is started for the first `take`; waiting ones do not keep the process alive.
 */
export class LuaWorkerPool {
  #warm: Promise<Worker>[] = [];
  #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  /**
   * A worker that nobody has used, and that the caller terminates.
   *
   * @throws {RuntimeError} WORKER_UNAVAILABLE
   */
  async take(): Promise<Worker> {
    const worker = await (this.#warm.shift() ?? startWorker());
    worker.ref();
    this.#refill();
    return worker;
  }

  /** Ends the workers that wait. The next `take` starts over. */
  async close(): Promise<void> {
    const waiting = this.#warm.splice(0);
    await Promise.all(waiting.map((worker) => worker.then((started) => started.terminate()).catch(() => {})));
  }

  #refill(): void {
    while (this.#warm.length < this.#size) {
      const worker = startWorker();
      this.#warm.push(worker);
      const forget = () => {
        this.#warm = this.#warm.filter((other) => other !== worker);
      };
      // One that breaks while it waits is nobody's loss: `take` starts another one.
      worker.then((started) => started.once("exit", forget).once("error", forget), forget);
    }
  }
}

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
    return worker;
  } catch (cause) {
    throw new RuntimeError("WORKER_UNAVAILABLE", `Cannot start a worker thread for Lua: ${cause}`, { cause });
  }
}
