import type { TaskResult } from "@sloth/runtime";
import { formatTime } from "../events/encode-event.js";
import { toJsonValue } from "../events/json-value.js";
import type { RunEvent, RunInfo, RunSummary, TaskInfo } from "../events/run-event.js";
import { logFileOf } from "./run-files.js";
import type { RunRecord, TaskRecord } from "./run-record.js";

const MOST_WARNINGS = 100;

/** Makes the record of a run out of its events, one after the other. */
export class RunSummariser {
  #record: RunRecord | undefined;
  readonly #tasks = new Map<TaskInfo, TaskRecord>();

  /** Of what has happened until now; nothing before the first event. */
  get record(): RunRecord | undefined {
    return this.#record;
  }

  add(event: RunEvent): void {
    if (event.type === "run-started") this.#start(event.run, event.timeMs);
    else if (event.type === "warning") this.#warn(event.message);
    else if (event.type === "run-finished") this.#finish(event.summary, event.timeMs);
    else if ("task" in event) this.#addTo(this.#taskOf(event.task), event);
  }

  #start({ runId, file, groups, command }: RunInfo, timeMs: number): void {
    const counts = { succeeded: 0, failed: 0, lost: 0, cancelled: 0, skipped: 0 };
    const started = formatTime(timeMs);
    this.#record = {
      v: 1,
      runId,
      file,
      ...(command && { command }),
      result: "running",
      started,
      counts,
      warnings: [],
      tasks: [],
    };
    for (const task of groups.flatMap(({ tasks }) => tasks))
      Object.assign(this.#taskOf(task), { at: task.at });
  }

  #warn(message: string): void {
    const warnings = this.#record?.warnings;
    if (warnings && warnings.length < MOST_WARNINGS) warnings.push(message);
  }

  #finish({ durationMs, ended, ...counts }: RunSummary, timeMs: number): void {
    if (!this.#record) return;
    const worst = counts.failed > 0 ? "failed" : counts.lost > 0 ? "lost" : "succeeded";
    Object.assign(this.#record, { result: ended ?? worst, ended: formatTime(timeMs), durationMs, counts });
  }

  #taskOf(info: TaskInfo): TaskRecord {
    const known = this.#tasks.get(info);
    if (known) return known;
    const { group, name, agent, dependsOn, retries, script, definition } = info;
    const record: TaskRecord = {
      group,
      task: name,
      ...(agent && { agent }),
      dependsOn,
      ...(retries && { retries }),
      ...(script !== undefined && { script }),
      ...(definition !== undefined && { definition }),
      status: "pending",
    };
    this.#tasks.set(info, record);
    this.#record?.tasks.push(record);
    return record;
  }

  #addTo(task: TaskRecord, event: Extract<RunEvent, { task: TaskInfo }>): void {
    if (event.type === "task-placed") task.agent = event.agent;
    else if (event.type === "task-output") task.log ??= logFileOf(task);
    else if (event.type === "task-started")
      Object.assign(task, { status: "running", attempt: event.attempt, started: formatTime(event.timeMs) });
    // Nothing of it runs until the next attempt.
    else if (event.type === "task-retrying") Object.assign(task, { status: "pending" });
    else if (event.type === "task-skipped") Object.assign(task, { status: "skipped", why: event.why });
    else if (event.type === "task-reused")
      Object.assign(task, fieldsOf(event.result), { reusedFrom: event.from });
    else if (event.type === "function-finished")
      Object.assign(task, fieldsOf(event.result), { durationMs: event.durationMs });
    else if (event.type === "task-finished") {
      const { attempt, durationMs } = event;
      Object.assign(task, fieldsOf(event.result), { attempt, durationMs });
    }
  }
}

function fieldsOf({ outputs, exports, ...result }: TaskResult): object {
  return {
    ...result,
    ...(outputs !== undefined && { outputs: toJsonValue(outputs) }),
    ...(exports && { exports: toJsonValue(exports) }),
  };
}
