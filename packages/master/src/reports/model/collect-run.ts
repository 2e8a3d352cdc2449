import type { RunEvent, RunInfo, RunSummary, TaskInfo } from "../../events/run-event.js";
import { formatDuration } from "../../view/format-duration.js";
import { formatRecord } from "../../view/format-record.js";
import { buildRun } from "./build-run.js";
import { FollowedTask } from "./follow-task.js";
import { type LogLimits, LogTails } from "./log-tails.js";
import type { ReportedRun } from "./reported-run.js";

const MOST_WARNINGS = 1000;

/** What is known of a run while its events come. Times are as in the events. */
export interface FollowedRun {
  info: RunInfo;
  startedAtMs: number;
  lastAtMs: number;
  summary?: RunSummary;
  warnings: string[];
  /** When each group began. */
  groupStarts: Map<string, number>;
  /** With those that are not planned: functions of groups that report as tasks. */
  tasks: FollowedTask[];
  logs: LogTails<FollowedTask>;
}

/**
 * Makes what reports tell out of the events of a run, live or recorded: the same events give the same. Its memory is
 * bounded but for the number of tasks and attempts.
 */
export class RunCollector {
  readonly #tasks = new Map<string, FollowedTask>();
  readonly #limits: Partial<LogLimits>;
  #run: FollowedRun | undefined;

  constructor(limits: Partial<LogLimits> = {}) {
    this.#limits = limits;
  }

  /** Of what has happened until now; nothing before the first event. */
  get reportedRun(): ReportedRun | undefined {
    return this.#run && buildRun(this.#run);
  }

  /** @param event - as it is recorded: with no output that ends within a character (`wholeCharacters`) */
  add(event: RunEvent): void {
    if (event.type === "run-started") this.#start(event.run, event.timeMs);
    const run = this.#run;
    if (!run) return;
    run.lastAtMs = Math.max(run.lastAtMs, event.timeMs);
    if (event.type === "group-started") run.groupStarts.set(event.name, event.timeMs);
    else if (event.type === "warning" && run.warnings.length < MOST_WARNINGS)
      run.warnings.push(event.message);
    else if (event.type === "run-finished") run.summary = event.summary;
    else if ("task" in event) this.#addTo(this.#taskOf(event.task, run), event, run);
  }

  #start(info: RunInfo, timeMs: number): void {
    const run: FollowedRun = {
      info,
      startedAtMs: timeMs,
      lastAtMs: timeMs,
      warnings: [],
      groupStarts: new Map(),
      tasks: [],
      logs: new LogTails(this.#limits),
    };
    for (const task of info.groups.flatMap(({ tasks }) => tasks)) this.#taskOf(task, run);
    this.#run = run;
  }

  #taskOf(info: TaskInfo, run: FollowedRun): FollowedTask {
    const key = `${info.group}\0${info.name}`;
    const known = this.#tasks.get(key);
    if (known) return known;
    const task = new FollowedTask(info);
    this.#tasks.set(key, task);
    run.tasks.push(task);
    return task;
  }

  #addTo(task: FollowedTask, event: Extract<RunEvent, { task: TaskInfo }>, { logs }: FollowedRun): void {
    task.add(event);
    if (event.type === "task-output") logs.add(task, event.bytes);
    else if (event.type === "task-log") logs.addLine(task, formatRecord(event.record));
    else if (event.type === "task-retrying") logs.addLine(task, describeRetry(event));
    else if (event.type === "task-finished") logs.end(task, event.result.status === "succeeded");
  }
}

function describeRetry({ attempt, delayMs, result }: Extract<RunEvent, { type: "task-retrying" }>): string {
  const why = result.message ? `: ${result.message.split("\n", 1)}` : "";
  return `--- attempt ${attempt} ${result.status}${why}; again in ${formatDuration(delayMs)} ---`;
}
