import type { RunEvent, TaskInfo } from "../events/run-event.js";
import { LineSplitter } from "./line-splitter.js";

type Stream = "stdout" | "stderr";
type OutputEvent = Extract<RunEvent, { type: "task-output" }>;

export interface TaskOutputOptions {
  show(task: TaskInfo, stream: Stream, lines: readonly Uint8Array[]): Promise<void>;
  /** Show the beginning of a line when nothing has followed for so long. Default: when the attempt ends. */
  idleMs?: number | undefined;
}

/** A stream of a task whose last line has not ended. */
interface Waiting {
  task: TaskInfo;
  stream: Stream;
  splitter: LineSplitter;
  /** Monotonic. */
  sinceMs: number;
}

/** Makes lines of what tasks print, each stream for itself. */
export class TaskOutput {
  readonly #options: TaskOutputOptions;
  readonly #streams = new Map<TaskInfo, Record<Stream, Waiting>>();
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TaskOutputOptions) {
    this.#options = options;
  }

  push({ task, stream, bytes }: OutputEvent): Promise<void> {
    const target = this.#streamsOf(task)[stream];
    const lines = target.splitter.push(bytes);
    this.#wait(target);
    return this.#options.show(task, stream, lines);
  }

  /** Shows the lines of a task that have not ended, and forgets the task. */
  async flush(task: TaskInfo): Promise<void> {
    const streams = this.#streams.get(task);
    if (!streams) return;
    this.#streams.delete(task);
    for (const stream of [streams.stdout, streams.stderr]) {
      this.#waiting.delete(stream);
      await this.#options.show(task, stream.stream, stream.splitter.flush());
    }
  }

  async flushAll(): Promise<void> {
    for (const task of [...this.#streams.keys()]) await this.flush(task);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(stream: Waiting): void {
    const { idleMs } = this.#options;
    if (idleMs === undefined) return;
    if (!stream.splitter.isWithinLine) {
      this.#waiting.delete(stream);
      return;
    }
    stream.sinceMs = performance.now();
    this.#waiting.add(stream);
    this.#timer ??= setTimeout(() => this.#showIdle(idleMs), idleMs).unref();
  }

  #showIdle(idleMs: number): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const stream of this.#waiting) {
      // A timer may fire a little early.
      if (nowMs - stream.sinceMs < idleMs - 1) continue;
      this.#waiting.delete(stream);
      void this.#options.show(stream.task, stream.stream, stream.splitter.flushCharacters());
    }
    const first = Math.min(...[...this.#waiting].map(({ sinceMs }) => sinceMs));
    if (this.#waiting.size > 0)
      this.#timer = setTimeout(() => this.#showIdle(idleMs), first + idleMs - nowMs).unref();
  }

  #streamsOf(task: TaskInfo): Record<Stream, Waiting> {
    const known = this.#streams.get(task);
    if (known) return known;
    const fresh = (stream: Stream) => ({ task, stream, splitter: new LineSplitter(), sinceMs: 0 });
    const streams = { stdout: fresh("stdout"), stderr: fresh("stderr") };
    this.#streams.set(task, streams);
    return streams;
  }
}
