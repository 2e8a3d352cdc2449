import type { RunEvent, RunInfo, RunSummary, TaskInfo } from "../events/run-event.js";
import { describeFailure, type Failure, isFailure } from "./describe-failure.js";
import { describeTimes, type TimedTask } from "./describe-times.js";
import { formatDuration } from "./format-duration.js";
import type { Outlet } from "./outlet.js";
import { OutputTail } from "./output-tail.js";
import { printableName } from "./printable.js";
import { style } from "./style.js";

/** Whom a run is shown to, and where. */
export interface Reader extends Outlet {
  /** Of the person who reads it. Default: the process's. */
  directory?: string | undefined;
  /** Where all is that a task printed, absolute. Absent, or nothing: nowhere. */
  logOf?: ((task: TaskInfo) => string | undefined) | undefined;
  /** Each failure has been shown when it came, with all output: of several tasks the end has only its name. */
  hasSeenFailures?: boolean | undefined;
}

/** Runs shorter than this are not worth a word about where the time went. */
const LONG_RUN_MS = 10_000;
/** Of fewer tasks everybody sees it. */
const LEAST_TIMED = 4;

/**
 * What stands at the end of a run, in every view for people: each task that failed by itself, where the time of a long
 * run went, and the last line, which counts. What was cancelled or skipped is only counted.
 */
export class RunEnd {
  readonly #reader: Reader;
  readonly #tails = new Map<TaskInfo, OutputTail>();
  readonly #failures = new Map<TaskInfo, Failure>();
  readonly #timed: TimedTask[] = [];
  #run: RunInfo | undefined;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Prints with the last event of the run. */
  async take(event: RunEvent): Promise<void> {
    if (event.type === "run-started") this.#run = event.run;
    else if (event.type === "task-output") this.#tailOf(event.task).push(event.bytes);
    else if (event.type === "task-skipped") this.#tails.delete(event.task);
    else if (event.type === "task-finished") this.#note(event);
    else if (event.type === "run-finished") await this.#print(event.summary);
  }

  /** As it is printed at the end; nothing where the task did not fail by itself, or has not ended. */
  describe(task: TaskInfo): string[] {
    const failure = this.#failures.get(task);
    return failure ? describeFailure(failure, this.#run, { directory: this.#directory }) : [];
  }

  #note({ task, durationMs, attempt, result }: Extract<RunEvent, { type: "task-finished" }>): void {
    const tail = this.#tails.get(task);
    this.#tails.delete(task);
    this.#timed.push({ ...task, durationMs });
    if (!isFailure(result.status)) return;
    const log = tail && this.#reader.logOf?.(task);
    this.#failures.set(task, { task, durationMs, attempt, result, lastLines: tail?.lastLines() ?? [], log });
  }

  async #print(summary: RunSummary): Promise<void> {
    const { stdout, stderr } = this.#reader;
    for (const line of this.#lines(summary.durationMs)) await stderr.line(line);
    await stdout.line(style(stdout, "bold", formatSummary(summary)));
  }

  #lines(runMs: number): string[] {
    const directory = this.#directory;
    const paint = (format: "red" | "dim", text: string) => style(this.#reader.stderr, format, text);
    const failures = this.#reader.hasSeenFailures
      ? this.#nameFailures(paint)
      : [...this.#failures.values()].flatMap((failure) => [
          "",
          ...describeFailure(failure, this.#run, { directory, style: paint }),
        ]);
    const isWorthIt = runMs >= LONG_RUN_MS && this.#timed.length >= LEAST_TIMED;
    const times = isWorthIt ? describeTimes(this.#timed) : [];
    const sections = times.flatMap(({ title, lines }) => [
      "",
      `${title}:`,
      ...lines.map((line) => `  ${line}`),
    ]);
    return failures.length + sections.length > 0 ? [...failures, ...sections, ""] : [];
  }

  #nameFailures(paint: (format: "red", text: string) => string): string[] {
    const names = [...this.#failures.keys()].map(({ name }) => printableName(name));
    return names.length === 0 || this.#timed.length === 1 ? [] : ["", paint("red", `✗ ${names.join(", ")}`)];
  }

  get #directory(): string {
    return this.#reader.directory ?? process.cwd();
  }

  #tailOf(task: TaskInfo): OutputTail {
    const tail = this.#tails.get(task) ?? new OutputTail();
    this.#tails.set(task, tail);
    return tail;
  }
}

/** `3 succeeded, 1 failed, 2 skipped in 12.3 s` */
export function formatSummary(summary: RunSummary): string {
  const counts = (["succeeded", "failed", "lost", "cancelled", "skipped", "reused"] as const)
    .filter((name) => name === "succeeded" || (summary[name] ?? 0) > 0)
    .map((name) => `${summary[name]} ${name}`);
  return `${counts.join(", ")} in ${formatDuration(summary.durationMs)}`;
}
