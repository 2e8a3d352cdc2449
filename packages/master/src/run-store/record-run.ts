import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nameOfOwnRuns } from "@sloth/runtime";
import type { Lock } from "@sloth/workspace";
import { encodeLine } from "../events/encode-event.js";
import type { RunListener } from "../events/event-stream.js";
import { writeJson } from "../events/json-text.js";
import type { JsonValue } from "../events/json-value.js";
import type { RunEvent, TaskInfo } from "../events/run-event.js";
import { wholeCharacters } from "../events/whole-characters.js";
import { GroupedWriter } from "./grouped-writer.js";
import { pruneRuns } from "./prune-runs.js";
import { logFileOf, RUN_FILES } from "./run-files.js";
import { makeDirectories, runsDirectory } from "./run-store.js";
import { RunSummariser } from "./summarise.js";

export interface RecordOptions {
  /** Of the workflow file, absolute. */
  workflowDirectory: string;
  runId: string;
  /** Called at most once: the run goes on without being recorded. */
  warn: (message: string) => void;
}

/** Takes the events of a run and records them (`run-files.ts`). Waits for the disk when much is pending. Never throws. */
export interface RunRecorder {
  listen: RunListener;
  /** Where all is that a task has printed, absolute. Nothing where the run is not recorded. */
  logOf(task: TaskInfo): string | undefined;
  /** Resolves when what it has taken until now is written. */
  recorded(): Promise<void>;
  /** Writes what is pending. Called once, also when the run broke; no event follows. */
  close(): Promise<void>;
}

/** Records one run, and removes the records of old ones, beside the run: its start waits for nothing. */
export function recordRun(options: RecordOptions): RunRecorder {
  return new Recorder(options);
}

class Recorder implements RunRecorder {
  readonly #options: RecordOptions;
  readonly #directory: string;
  readonly #events: string;
  readonly #writer: GroupedWriter;
  readonly #whole = wholeCharacters();
  readonly #summariser = new RunSummariser();
  #ready: Promise<void> | undefined;
  #pruned: Promise<void> | undefined;
  #lock: Lock | undefined;
  #isBroken = false;

  constructor(options: RecordOptions) {
    this.#options = options;
    this.#directory = join(runsDirectory(options.workflowDirectory), options.runId);
    this.#events = join(this.#directory, RUN_FILES.events);
    this.#writer = new GroupedWriter({
      last: this.#events,
      prepare: (file) => this.#prepare(file),
      onFailure: (cause) => this.#fail(cause),
    });
  }

  readonly listen = async (event: RunEvent): Promise<void> => {
    if (this.#isBroken || event.type === "task-transfer") return;
    try {
      this.#summariser.add(event);
      await this.#append(event);
      if (event.type !== "run-finished") return;
      await this.#writer.flush();
      if (!this.#isBroken) await this.#writeSummary();
    } catch (cause) {
      this.#fail(cause);
    }
  };

  readonly logOf = ({ group, name: task }: TaskInfo): string | undefined => {
    return this.#isBroken ? undefined : join(this.#directory, logFileOf({ group, task }));
  };

  recorded(): Promise<void> {
    return this.#writer.catchUp();
  }

  async close(): Promise<void> {
    await this.#writer.flush();
    await this.#ready?.catch(() => {});
    this.#lock?.release();
    await this.#pruned;
  }

  #append(event: RunEvent): Promise<void> | undefined {
    let wait: Promise<void> | undefined;
    if (event.type === "task-output") {
      const log = this.logOf(event.task);
      if (log) wait = this.#writer.append(log, event.bytes);
    }
    for (const whole of this.#whole(event)) {
      wait = this.#writer.append(this.#events, encodeLine(whole)) ?? wait;
    }
    return wait;
  }

  async #prepare(file: string): Promise<void> {
    this.#ready ??= this.#open();
    await this.#ready;
    const directory = dirname(file);
    if (directory !== this.#directory) await makeDirectories(this.#directory, directory);
  }

  async #open(): Promise<void> {
    const { workflowDirectory, runId } = this.#options;
    // Loading it takes time, which a run of local tasks need not wait for.
    const { ensureStateDirectory, tryAcquireLock } = await import("@sloth/workspace");
    await makeDirectories(ensureStateDirectory(workflowDirectory), this.#directory);
    this.#lock = tryAcquireLock(join(this.#directory, RUN_FILES.lock));
    await writeFile(join(this.#directory, RUN_FILES.mark), nameOfOwnRuns(), { mode: 0o600 });
    // What cannot be removed now can be at the next run.
    this.#pruned = pruneRuns(workflowDirectory, runId).catch(() => {});
  }

  async #writeSummary(): Promise<void> {
    const record = this.#summariser.record as JsonValue | undefined;
    if (!record) return;
    const location = join(this.#directory, RUN_FILES.summary);
    const draft = join(this.#directory, `.${RUN_FILES.summary}-${randomUUID()}`);
    await writeFile(draft, `${writeJson(record, "  ")}\n`, { flag: "wx", mode: 0o600 });
    await rename(draft, location);
  }

  #fail(cause: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#writer.fail(cause);
    const { message } = cause as Error;
    this.#options.warn(`this run is not recorded, or not to its end: ${message}`);
  }
}
