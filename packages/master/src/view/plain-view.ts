import type { TaskResult } from "@sloth/runtime";
import type { RunEvent, RunHappening, TaskInfo } from "../events/run-event.js";
import { formatDuration } from "./format-duration.js";
import { formatRecord } from "./format-record.js";
import { LineSplitter } from "./line-splitter.js";
import type { LineSink } from "./line-writer.js";
import type { Outlet } from "./outlet.js";
import { printable } from "./printable.js";
import { type Reader, RunEnd } from "./run-end.js";
import type { RunView } from "./run-view.js";
import { style } from "./style.js";
import { nameOf } from "./task-name.js";

/**
 * Renders a run as lines: `[task@agent] text` for what tasks print, one line when a task ends, and a summary.
 * What a task writes to stderr goes to stderr.
 */
export class PlainView implements RunView {
  readonly #out: Outlet;
  readonly #end: RunEnd;
  readonly #queuedTasks = new Set<TaskInfo>();
  readonly #splitters = new Map<string, LineSplitter>();

  constructor(reader: Reader) {
    this.#out = reader;
    this.#end = new RunEnd(reader);
  }

  close(): void {}

  async show(event: RunEvent): Promise<void> {
    const { stdout, stderr } = this.#out;
    if (event.type !== "run-finished") await this.#end.take(event);
    switch (event.type) {
      case "group-started":
        return stdout.line(style(stdout, "bold", `== ${withNote(event.name, event.description)}`));
      case "task-queued":
        return this.#queued(event);
      case "task-output":
        return this.#output(event);
      case "task-log":
        return stdout.line(prefix(stdout, event.task) + formatRecord(event.record));
      case "task-retrying":
        await this.#flush(event.task);
        await stderr.line(ending(stderr, event.task, event.result));
        return stderr.line(
          `${prefix(stderr, event.task)}attempt ${event.attempt} failed, again in ${formatDuration(event.delayMs)}`,
        );
      case "task-finished":
        return this.#finished(event);
      case "task-skipped":
        return stdout.line(style(stdout, "dim", `- ${nameOf(event.task)} skipped`));
      case "warning":
        return stderr.line(style(stderr, "yellow", `warning: ${printable(event.message)}`));
      case "run-finished":
        return this.#end.take(event);
    }
  }

  /** Said once: how the places move up is of no interest in a log. */
  async #queued({ task, position }: Extract<RunHappening, { type: "task-queued" }>): Promise<void> {
    if (this.#queuedTasks.has(task)) return;
    this.#queuedTasks.add(task);
    const { stdout } = this.#out;
    await stdout.line(`${prefix(stdout, task)}queued, place ${position}`);
  }

  #output({ task, stream, bytes }: Extract<RunHappening, { type: "task-output" }>): Promise<void> {
    const sink = this.#out[stream];
    return sink.lines(prefix(sink, task), this.#splitter(task, stream).push(bytes));
  }

  async #finished({
    task,
    result,
    durationMs,
  }: Extract<RunHappening, { type: "task-finished" }>): Promise<void> {
    this.#queuedTasks.delete(task);
    await this.#flush(task);
    const sink = result.status === "succeeded" ? this.#out.stdout : this.#out.stderr;
    await sink.line(ending(sink, task, result, durationMs));
    if (result.traceback) await sink.line(indent(printable(result.traceback)));
  }

  async #flush(task: TaskInfo): Promise<void> {
    for (const stream of ["stdout", "stderr"] as const) {
      const sink = this.#out[stream];
      await sink.lines(prefix(sink, task), this.#splitter(task, stream).flush());
    }
  }

  #splitter(task: TaskInfo, stream: string): LineSplitter {
    const key = `${task.group}\0${task.name}\0${stream}`;
    const splitter = this.#splitters.get(key) ?? new LineSplitter();
    this.#splitters.set(key, splitter);
    return splitter;
  }
}

function ending(sink: LineSink, task: TaskInfo, result: TaskResult, durationMs?: number): string {
  const good = result.status === "succeeded";
  const mark = style(sink, good ? "green" : "red", `${good ? "✓" : "✗"} ${nameOf(task)}`);
  const words = good ? "" : ` ${result.status}`;
  const time = durationMs === undefined ? "" : ` in ${formatDuration(durationMs)}`;
  const changes = result.changes ? formatChanges(result.changes) : "";
  const message = result.message ? `: ${printable(result.message)}` : "";
  return `${mark}${words}${time}${changes}${message}`;
}

function prefix(sink: LineSink, task: TaskInfo): string {
  return style(sink, "cyan", `[${nameOf(task)}] `);
}

function formatChanges({ added, modified, deleted }: NonNullable<TaskResult["changes"]>): string {
  if (added + modified + deleted === 0) return "";
  return ` (+${added} ~${modified} -${deleted})`;
}

function withNote(name: string, note: string | undefined): string {
  return printable(note ? `${name}: ${note}` : name);
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
