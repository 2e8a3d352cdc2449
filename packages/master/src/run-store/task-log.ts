import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EventDecoder } from "../events/decode-event.js";
import { GrowingFile } from "./growing-file.js";
import { logFileOf, openToRead, RUN_FILES } from "./run-files.js";
import type { TaskRecord } from "./run-record.js";
import { isRunning, type StoredRun } from "./stored-runs.js";

/** How often to look for more. */
const LOOK_EVERY_MS = 200;

export interface ReadLogOptions {
  /** Go on until the task, or the process of its run, has ended. */
  follow: boolean;
  signal: AbortSignal;
}

/** What a task of a run printed, in pieces. Ends without more when the signal aborts. */
export async function* readLog(
  { directory }: StoredRun,
  task: TaskRecord,
  { follow, signal }: ReadLogOptions,
): AsyncGenerator<Buffer> {
  const log = new GrowingFile(join(directory, logFileOf(task)));
  const end = new TaskEnd(directory, task);
  try {
    for (;;) {
      // Asked first: what was printed is in the log before its end is told.
      const isLast = !follow || !isRunning(directory) || (await end.isTold());
      yield* log.more();
      if (isLast || signal.aborted) return;
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  } finally {
    await log.close();
    await end.close();
  }
}

/** The end of what a task printed. */
export async function readLogEnd(
  { directory }: StoredRun,
  task: TaskRecord,
  mostBytes: number,
): Promise<Buffer> {
  const file = await openToRead(join(directory, logFileOf(task)));
  if (!file) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, mostBytes);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Looks in the events for the end of a task. */
class TaskEnd {
  readonly #events: GrowingFile;
  readonly #decoder = new EventDecoder();
  #rest: Buffer = Buffer.alloc(0);

  constructor(
    directory: string,
    private readonly task: TaskRecord,
  ) {
    this.#events = new GrowingFile(join(directory, RUN_FILES.events));
  }

  async isTold(): Promise<boolean> {
    for await (const chunk of this.#events.more()) {
      const lines = Buffer.concat([this.#rest, chunk]);
      const end = lines.lastIndexOf(10) + 1;
      this.#rest = Buffer.from(lines.subarray(end));
      if (
        lines
          .subarray(0, end)
          .toString("utf8")
          .split("\n")
          .some((line) => this.#tellsEnd(line))
      )
        return true;
    }
    return false;
  }

  close(): Promise<void> {
    return this.#events.close();
  }

  #tellsEnd(line: string): boolean {
    // Most lines are output, which need not be read.
    if (!/"type":"(task-finished|task-skipped|run-finished)"/.test(line)) return false;
    const event = this.#decoder.decode(line);
    if (event?.type === "run-finished") return true;
    if (event?.type !== "task-finished" && event?.type !== "task-skipped") return false;
    return event.task.group === this.task.group && event.task.name === this.task.task;
  }
}
