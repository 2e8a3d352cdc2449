import type { FileHandle } from "node:fs/promises";
import { formatTime } from "../events/encode-event.js";
import type { RunEvent, TaskInfo } from "../events/run-event.js";
import { ActiveTasks } from "./active-tasks.js";
import { formatDuration } from "./format-duration.js";
import { formatRecord } from "./format-record.js";
import { describeActive, Heartbeat } from "./heartbeat.js";
import { HeldLines, type TaskFrame } from "./held-lines.js";
import type { LineSink } from "./line-writer.js";
import { type LinesOfTasks, type LogOrder, streamed } from "./lines-of-tasks.js";
import { mapOutlet, type Outlet } from "./outlet.js";
import { printable } from "./printable.js";
import { type Reader, RunEnd } from "./run-end.js";
import type { RunView } from "./run-view.js";
import { StampedLines } from "./stamped-lines.js";
import { style } from "./style.js";
import { describeEnding } from "./task-ending.js";
import { nameOf } from "./task-name.js";
import { TaskOutput } from "./task-output.js";

export interface PlainViewOptions extends Reader {
  /** Put the time in front of each line, in UTC. Default: no. */
  timestamps?: boolean | undefined;
  /** Default: each line when it comes. */
  order?: LogOrder | undefined;
  /** In groups: a file for what is too much for the memory. */
  openFile?: (() => Promise<FileHandle>) | undefined;
  /** What stands around the lines of a task in groups. */
  frame?: TaskFrame | undefined;
  /** Show the beginning of a line when nothing has followed for so long. Default: when the attempt ends. */
  idleMs?: number | undefined;
  /** Say what runs when nothing has been shown for so long. Default: never. */
  silenceMs?: number | undefined;
}

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/**
 * Renders a run as lines: `[task@agent] text` for what tasks print, one line when a task ends, and a summary.
 * What a task writes to stderr goes to stderr.
 */
export class PlainView implements RunView {
  readonly #out: Outlet;
  readonly #lines: LinesOfTasks;
  readonly #end: RunEnd;
  readonly #output: TaskOutput;
  readonly #stamped: (outlet: Outlet) => Outlet;
  readonly #heartbeat: Heartbeat | undefined;
  readonly #active = new ActiveTasks();
  readonly #queuedTasks = new Set<TaskInfo>();
  /** The tasks of the run; a function of a group is none, and is heard at once. */
  readonly #planned = new Set<TaskInfo>();
  /** When what is shown has happened; undefined: now. */
  #timeMs: number | undefined;

  constructor(options: PlainViewOptions) {
    const { order, idleMs, silenceMs } = options;
    this.#heartbeat = silenceMs === undefined ? undefined : this.#startHeartbeat(silenceMs);
    const outlet = mapOutlet(options, (sink) => this.#heartbeat?.watch(sink) ?? sink);
    const stamp = () => `${formatTime(this.#timeMs ?? Date.now())} `;
    this.#stamped = ({ stdout, stderr }) =>
      options.timestamps
        ? mapOutlet({ stdout, stderr }, (sink) => new StampedLines(sink, stamp))
        : { stdout, stderr };
    this.#out = this.#stamped(outlet);
    this.#lines = order === "grouped" ? new HeldLines({ ...options, outlet }) : streamed(outlet);
    this.#end = new RunEnd({ ...options, ...this.#out });
    this.#output = new TaskOutput({
      idleMs: order === "grouped" ? undefined : idleMs,
      show: (task, stream, lines) => this.#showOutput(task, stream, lines),
    });
  }

  async show(event: RunEvent): Promise<void> {
    this.#timeMs = event.timeMs;
    if (this.#heartbeat) this.#active.note(event, performance.now());
    try {
      if (event.type !== "run-finished") await this.#end.take(event);
      await this.#show(event);
    } finally {
      this.#timeMs = undefined;
    }
  }

  /** Of a task that has failed by itself, as it is told of at the end. */
  describeFailure(task: TaskInfo): string[] {
    return this.#end.describe(task);
  }

  /** Shows what is held where the run broke. */
  async close(): Promise<void> {
    this.#heartbeat?.close();
    await this.#output.flushAll();
    await this.#lines.endAll();
  }

  async #show(event: RunEvent): Promise<void> {
    const { stdout, stderr } = this.#out;
    switch (event.type) {
      case "run-started":
        for (const task of event.run.groups.flatMap(({ tasks }) => tasks)) this.#planned.add(task);
        return;
      case "group-started":
        return stdout.line(style(stdout, "bold", `== ${withNote(event.name, event.description)}`));
      case "task-queued":
        return this.#queued(event);
      case "task-output":
        return this.#output.push(event);
      case "task-log": {
        const sink = this.#outletOf(event.task).stdout;
        return sink.line(prefix(sink, event.task) + formatRecord(event.record));
      }
      case "task-retrying":
        return this.#retrying(event);
      case "task-finished":
        return this.#finished(event);
      case "task-skipped":
        await this.#release(event.task);
        return stdout.line(style(stdout, "dim", `- ${nameOf(event.task)} skipped`));
      case "warning":
        return stderr.line(style(stderr, "yellow", `warning: ${printable(event.message)}`));
      case "run-finished":
        await this.#output.flushAll();
        await this.#lines.endAll();
        return this.#end.take(event);
    }
  }

  /** Said once: how the places move up is of no interest in a log. */
  async #queued({ task, position }: EventOf<"task-queued">): Promise<void> {
    if (this.#queuedTasks.has(task)) return;
    this.#queuedTasks.add(task);
    const { stdout } = this.#out;
    await stdout.line(`${prefix(stdout, task)}queued, place ${position}`);
  }

  async #retrying({ task, result, attempt, delayMs }: EventOf<"task-retrying">): Promise<void> {
    await this.#output.flush(task);
    const sink = this.#outletOf(task).stderr;
    await sink.line(describeEnding(sink, task, { result }));
    const { stderr } = this.#out;
    const again = `attempt ${attempt} failed, again in ${formatDuration(delayMs)}`;
    await stderr.line(prefix(stderr, task) + again);
  }

  async #finished({ task, result, durationMs }: EventOf<"task-finished">): Promise<void> {
    this.#queuedTasks.delete(task);
    await this.#release(task);
    const sink = result.status === "succeeded" ? this.#out.stdout : this.#out.stderr;
    await sink.line(describeEnding(sink, task, { result, durationMs }));
    if (result.traceback) await sink.line(indent(printable(result.traceback)));
  }

  async #release(task: TaskInfo): Promise<void> {
    await this.#output.flush(task);
    await this.#lines.end(task);
  }

  #showOutput(task: TaskInfo, stream: "stdout" | "stderr", lines: readonly Uint8Array[]): Promise<void> {
    const sink = this.#outletOf(task)[stream];
    return sink.lines(prefix(sink, task), lines);
  }

  #outletOf(task: TaskInfo): Outlet {
    return this.#planned.has(task) ? this.#stamped(this.#lines.of(task)) : this.#out;
  }

  #startHeartbeat(silenceMs: number): Heartbeat {
    return new Heartbeat({
      silenceMs,
      // Not while an event is shown, such as the lines of a task to a slow reader.
      describe: () =>
        this.#timeMs === undefined ? describeActive(this.#active.list, performance.now()) : undefined,
      say: (line) => void this.#out.stderr.line(style(this.#out.stderr, "dim", line)),
    });
  }
}

function prefix(sink: LineSink, task: TaskInfo): string {
  return style(sink, "cyan", `[${nameOf(task)}] `);
}

function withNote(name: string, note: string | undefined): string {
  return printable(note ? `${name}: ${note}` : name);
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
