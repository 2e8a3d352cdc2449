import type { LogRecord, SourcePosition } from "@sloth/dsl";
import type { TaskResult, Transferred, TransferStage } from "@sloth/runtime";
import type { SkipReason } from "../schedule/schedule.js";

/** A task as those know it who watch a run: plain data. */
export interface TaskInfo {
  group: string;
  /** Unique in its group. */
  name: string;
  description?: string;
  /**
   * What the workflow calls the agent that runs it, or what it asks for where there is a choice: then from `task-placed`
   * on it is the agent. Absent: the master's machine.
   */
  agent?: string;
  dependsOn: string[];
  /** How many attempts may follow the first one. Absent: none. */
  retries?: number;
  /** The tasks on whose failure it waits; only of a handler of failures. */
  nextIfFail?: string[];
  /** The script of a shell command; absent for a Lua function. */
  script?: string;
  /** A digest of what it is: another one, when it was changed in the workflow. */
  definition?: string | undefined;
  /** Where it is written; `file` is relative to the workflow's directory. */
  at: SourcePosition;
}

export interface GroupInfo {
  name: string;
  description?: string;
  tasks: TaskInfo[];
}

export interface RunInfo {
  /** A ULID. */
  runId: string;
  /** The workflow file, absolute. Empty: what runs stands in none. */
  file: string;
  groups: GroupInfo[];
  /** Absent: it was not started from a command line. */
  command?: RunCommand;
}

/** The command line that started a run. */
export interface RunCommand {
  /** In which it was typed, absolute. */
  directory: string;
  /** From the program's name on, without what chose tasks: with a choice behind it, it runs that. */
  words: string[];
}

/** Why a task did not run: `condition` means that its `run_if` did not hold. */
export type WhySkipped = SkipReason | "condition";

/**
 * What happens in a run, in order. Every view reads these and nothing else, live or as they were recorded
 * (`encode-event.ts`), and computes nothing that the run has to know.
 */
export type RunEvent = { /** Milliseconds since 1970. */ timeMs: number } & RunHappening;

/** An event without its time. */
export type RunHappening =
  | { type: "run-started"; run: RunInfo }
  | { type: "group-started"; name: string; description?: string }
  /** An agent was chosen for the attempt, where there is a choice; another one may follow before it has started. */
  | { type: "task-placed"; task: TaskInfo; attempt: number; agent: string }
  | { type: "task-queued"; task: TaskInfo; position: number }
  /**
   * `sync`: the workspace goes to the agent. `return`: the command has ended, and what it changed comes back. `slots`:
   * how many tasks the agent runs at once; with `sync`, once it is known.
   */
  | { type: "task-stage"; task: TaskInfo; attempt: number; stage: TransferStage; slots?: number }
  /** How far the transfer of a stage is that takes more than half a second. Only told live: no record has it. */
  | ({ type: "task-transfer"; task: TaskInfo; attempt: number; stage: TransferStage } & Transferred)
  | { type: "task-started"; task: TaskInfo; attempt: number }
  | { type: "task-output"; task: TaskInfo; stream: "stdout" | "stderr"; bytes: Uint8Array }
  /** `by`: absent for what the task logs; `sloth` for what is said of it. */
  | { type: "task-log"; task: TaskInfo; record: LogRecord; by?: "sloth" }
  /** The attempt failed, and another follows after `delayMs`. */
  | { type: "task-retrying"; task: TaskInfo; attempt: number; delayMs: number; result: TaskResult }
  | { type: "task-finished"; task: TaskInfo; attempt: number; durationMs: number; result: TaskResult }
  | { type: "task-skipped"; task: TaskInfo; why: WhySkipped }
  /** It succeeded in an earlier run, `from`, which this one continues; it does not run. */
  | { type: "task-reused"; task: TaskInfo; from: string; result: TaskResult }
  /** A function of a group has ended, such as `on_complete`; `task` has its name. A failed `on_start` is told as a task. */
  | { type: "function-finished"; task: TaskInfo; durationMs: number; result: TaskResult }
  /** Something that a person should know and that changes nothing. */
  | { type: "warning"; message: string }
  | { type: "run-finished"; summary: RunSummary };

export interface RunSummary {
  succeeded: number;
  failed: number;
  /** Failed because of the infrastructure, with `failed` not counting them. */
  lost: number;
  cancelled: number;
  skipped: number;
  /** Taken as done from an earlier run, with `succeeded` not counting them. Absent: this run continues no other. */
  reused?: number;
  durationMs: number;
  /** Why the run was ended before its end. Absent: it was not. */
  ended?: "interrupted" | "timed-out" | "aborted";
}

/** Takes events one after the other; the run waits for it, so a slow view slows the tasks. */
export type RunEventSink = (event: RunHappening) => void | Promise<void>;
