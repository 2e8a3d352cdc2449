import { relative } from "node:path";
import type { TaskResult } from "@sloth/runtime";
import type { RunHappening, RunInfo, TaskInfo } from "../events/run-event.js";
import { criticalPath } from "./critical-path.js";
import { LastLines } from "./last-lines.js";
import { printable } from "./printable.js";

/** A task that ran, and for how long. */
interface TimedTask {
  task: TaskInfo;
  durationMs: number;
}

interface Failure extends TimedTask {
  result: TaskResult;
  attempt: number;
  lastLines: string[];
}

export interface FailureSummaryOptions {
  /** Of the person who reads it; the workflow is named relative to it. */
  directory: string;
  /** Where the whole output of a task is. Absent: nowhere. */
  logOf?: (task: TaskInfo) => string | undefined;
  /** Makes a text red, bold or dim. Default: as it is. */
  style?: (format: "red" | "bold" | "dim", text: string) => string;
}

/** Runs shorter than this are not worth a word about where the time went. */
const LONG_RUN_MS = 10_000;
const SLOWEST_SHOWN = 3;
const LONGEST_COMMAND = 100;

/**
 * What stands at the end of a run that failed: each task that failed by itself, with all that a person needs to find
 * out why and to try it again. What was cancelled or skipped because of it is only counted (by the last line).
 */
export class FailureSummary {
  readonly #options: FailureSummaryOptions;
  readonly #output = new LastLines();
  readonly #failures: Failure[] = [];
  readonly #timed: TimedTask[] = [];
  #run: RunInfo | undefined;

  constructor(options: FailureSummaryOptions) {
    this.#options = options;
  }

  take(event: RunHappening): void {
    if (event.type === "run-started") this.#run = event.run;
    else if (event.type === "task-output") this.#output.add(event.task, event.stream, event.bytes);
    else if (event.type === "task-finished") this.#finish(event);
  }

  /** The lines to print before the last one of the run. */
  lines(runMs: number): string[] {
    const failures = this.#failures.flatMap((failure) => ["", ...this.#describe(failure)]);
    return [...failures, ...(failures.length > 0 ? [""] : []), ...this.#times(runMs)];
  }

  #finish({ task, durationMs, attempt, result }: Extract<RunHappening, { type: "task-finished" }>): void {
    const lastLines = this.#output.take(task);
    this.#timed.push({ task, durationMs });
    if (result.status === "succeeded" || result.status === "cancelled") return;
    this.#failures.push({ task, durationMs, attempt, result, lastLines });
  }

  #describe({ task, durationMs, attempt, result, lastLines }: Failure): string[] {
    const { style = (_, text) => text, logOf } = this.#options;
    const tries = attempt > 1 ? `, attempt ${attempt}` : "";
    const log = logOf?.(task);
    const indented = (text: string) => `    ${text}`;
    return [
      `${style("red", `✗ ${nameOf(task)}`)} ${howEnded(result)} after ${seconds(durationMs)}${tries}`,
      indented(`${printable(task.at.file)}:${task.at.line}  ${commandOf(task)}`),
      ...(result.message && result.exitCode === undefined
        ? printable(result.message).split("\n").map(indented)
        : []),
      ...lastLines.map((line) => indented(style("dim", `| ${printable(line)}`))),
      ...(log === undefined ? [] : [indented(`log:   ${log}`)]),
      indented(`again: ${this.#again(task)}`),
    ];
  }

  #again({ group, name }: TaskInfo): string {
    const file = this.#run ? relative(this.#options.directory, this.#run.file) : "FILE";
    return printable(`npx @sloth/master run -f ${quoted(file)} --only ${quoted(`${group}/${name}`)}`);
  }

  #times(runMs: number): string[] {
    if (runMs < LONG_RUN_MS || this.#timed.length <= SLOWEST_SHOWN) return [];
    const slowest = [...this.#timed].sort((a, b) => b.durationMs - a.durationMs).slice(0, SLOWEST_SHOWN);
    const path = criticalPath(this.#timed.map(pathNode));
    const lines = [`slowest: ${slowest.map(timeOf).join(", ")}`];
    if (path.length > 1) lines.push(`longest chain: ${path.map(timeOf).join(" → ")}`);
    return lines;
  }
}

/** Names are unique in a group only. */
function pathNode({ task, durationMs }: TimedTask) {
  const within = (name: string) => `${task.group}\0${name}`;
  return { name: within(task.name), dependsOn: task.dependsOn.map(within), task, durationMs };
}

function howEnded({ status, exitCode, signal }: TaskResult): string {
  if (status === "failed" && exitCode !== undefined) return `failed with exit code ${exitCode}`;
  return signal === undefined ? status : `${status} by ${signal}`;
}

function commandOf({ script }: TaskInfo): string {
  if (script === undefined) return "a Lua function";
  const [first = ""] = script.trim().split("\n");
  const isCut = first.length > LONGEST_COMMAND || first !== script.trim();
  return printable(first.slice(0, LONGEST_COMMAND)) + (isCut ? " …" : "");
}

function nameOf({ name, agent }: TaskInfo): string {
  return printable(agent === undefined ? name : `${name}@${agent}`);
}

function timeOf({ task, durationMs }: TimedTask): string {
  return `${nameOf(task)} ${seconds(durationMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** For a shell, where it needs that. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
