/** A run as it was recorded, in the words in which it is told of while it runs. */
import type { TaskResult } from "@sloth/runtime";
import type { RunInfo, TaskInfo } from "../events/run-event.js";
import type { RunRecord, TaskRecord } from "../run-store/run-record.js";
import type { Failure } from "./describe-failure.js";
import type { TimedTask } from "./describe-times.js";

export function runInfo({ runId, file, command, tasks }: RunRecord): RunInfo {
  // What has no place is a function of its group.
  const planned = tasks.filter(({ at }) => at !== undefined).map(taskInfo);
  const names = [...new Set(planned.map(({ group }) => group))];
  const groups = names.map((name) => ({ name, tasks: planned.filter(({ group }) => group === name) }));
  return { runId, file, groups, ...(command && { command }) };
}

function taskInfo({ group, task: name, agent, dependsOn, retries, script, at }: TaskRecord): TaskInfo {
  return {
    group,
    name,
    ...(agent && { agent }),
    dependsOn,
    ...(retries && { retries }),
    ...(script !== undefined && { script }),
    at: at ?? { file: "", line: 0 },
  };
}

/** Of a task that failed. */
export function failureOf(record: TaskRecord): Omit<Failure, "lastLines" | "log"> {
  const { status, exitCode, signal, message, traceback, attempt = 1, durationMs = 0 } = record;
  const result: TaskResult = {
    status: status as TaskResult["status"],
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    ...(message !== undefined && { message }),
    ...(traceback !== undefined && { traceback }),
  };
  return { task: taskInfo(record), result, attempt, durationMs };
}

/** A task that has run. */
export function timed({ group, task: name, agent, dependsOn, durationMs }: TaskRecord): TimedTask[] {
  return durationMs === undefined ? [] : [{ group, name, agent, dependsOn, durationMs }];
}
