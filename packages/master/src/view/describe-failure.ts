import { dirname, resolve } from "node:path";
import type { TaskResult } from "@sloth/runtime";
import type { RunInfo, TaskInfo } from "../events/run-event.js";
import { formatDuration } from "./format-duration.js";
import { printable, printableName } from "./printable.js";
import { shellLine } from "./shell-words.js";
import { shortPath } from "./short-path.js";
import { fullNameOf } from "./task-name.js";

/** A task that failed by itself, live or as it was recorded. */
export interface Failure {
  task: TaskInfo;
  result: TaskResult;
  attempt: number;
  durationMs: number;
  /** What it printed last. */
  lastLines: readonly string[];
  /** Where all that it printed is, absolute. Absent: nowhere. */
  log?: string | undefined;
}

export interface FailureReader {
  /** Of the person who reads it; paths are relative to it where that is shorter. */
  directory: string;
  /** Makes a text red, or dim. Default: as it is. */
  style?: (format: "red" | "dim", text: string) => string;
}

const LONGEST_COMMAND = 100;

/** Whether a task with this end failed by itself, and not because the run was ended. */
export function isFailure(status: string): boolean {
  return status === "failed" || status === "timed-out" || status === "lost";
}

/** All that a person needs to find out why a task failed, and to try it again. */
export function describeFailure(
  failure: Failure,
  run: RunInfo | undefined,
  { directory, style = (_, text) => text }: FailureReader,
): string[] {
  const { task, result, lastLines, log } = failure;
  const [why, ...more] = printable(result.message ?? "").split("\n");
  const traceback = result.traceback ? printable(result.traceback).split("\n") : [];
  return [
    `${style("red", `✗ ${fullNameOf(task)}`)} ${howEnded(failure)}${why ? `: ${why}` : ""}`,
    ...[...more, `${placeOf(task, run, directory)}${commandOf(task)}`, ...traceback].map(indented),
    ...lastLines.map((line) => indented(style("dim", `| ${printable(line)}`))),
    ...(log === undefined ? [] : [indented(`log:   ${printableName(shortPath(log, directory))}`)]),
    // Of a command that stands in no workflow, the reader knows how it was typed.
    ...(run?.file === "" ? [] : [indented(`again: ${againLine(task, run, directory)}`)]),
  ];
}

/** `failed with exit code 2 in 1.2 s, attempt 2 of 3`; a message says the code by itself. */
function howEnded({ task, result, attempt, durationMs }: Failure): string {
  const { status, exitCode, signal, message } = result;
  const exit = signal !== undefined ? ` by ${signal}` : exitCode ? ` with exit code ${exitCode}` : "";
  const attempts = (task.retries ?? 0) + 1;
  const tries = attempts > 1 ? `, attempt ${attempt} of ${attempts}` : "";
  return `${status}${message ? "" : exit} in ${formatDuration(durationMs)}${tries}`;
}

function placeOf({ at }: TaskInfo, run: RunInfo | undefined, directory: string): string {
  if (at.file === "") return "";
  const file = run ? shortPath(resolve(dirname(run.file), at.file), directory) : at.file;
  return `${printableName(file)}:${at.line}  `;
}

function commandOf({ script }: TaskInfo): string {
  if (script === undefined) return "a Lua function";
  const [first = ""] = script.trim().split("\n");
  const isCut = first.length > LONGEST_COMMAND || first !== script.trim();
  return printable(first.slice(0, LONGEST_COMMAND)) + (isCut ? " …" : "");
}

/** Works where the run was started; from elsewhere it goes there first. */
function againLine(task: TaskInfo, run: RunInfo | undefined, directory: string): string {
  const { words, directory: origin } = run?.command ?? {
    words: ["npx", "@sloth/master", "run", "-f", run ? shortPath(run.file, directory) : "FILE"],
    directory,
  };
  const line = shellLine([...words, ...choiceOf(task, run)]);
  return origin === directory ? line : `cd ${shellLine([origin])} && ${line}`;
}

/** A function of a group is no task: it runs with its group. */
function choiceOf({ group, name }: TaskInfo, run: RunInfo | undefined): string[] {
  const planned = run?.groups.find((other) => other.name === group)?.tasks;
  if (planned && !planned.some((task) => task.name === name)) return chosenBy("--group", group);
  return chosenBy("--only", `${group}/${name}`);
}

function chosenBy(option: string, name: string): string[] {
  return name.startsWith("-") ? [`${option}=${name}`] : [option, name];
}

function indented(text: string): string {
  return `    ${text}`;
}
