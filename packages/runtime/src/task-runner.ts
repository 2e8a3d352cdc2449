import type {
  Command,
  GroupFunction,
  LoadContext,
  LogRecord,
  LuaTable,
  LuaValue,
  TaskHook,
} from "@sloth/dsl";

/**
 * Runs one attempt of one task. There is a local implementation here and a remote one in the master;
 * one contract suite runs against both.
 *
 * Contract: `run` may be called any number of times at the same time. The iterable ends after exactly one
 * `result` event, which is the last. A slow consumer slows the task's output down; nothing is dropped.
 * Aborting `signal` stops the process tree (TERM, grace, KILL) and still ends with a `result` (status
 * `cancelled`). A task that fails is a result; the iterable throws only when the runner itself broke.
 * Leaving the loop early cancels the attempt.
 */
export interface TaskRunner {
  run(attempt: Attempt, options: { signal: AbortSignal }): AsyncIterable<TaskEvent>;
}

/** One try of a task: everything that running it needs. */
export interface Attempt {
  runId: string;
  group: string;
  task: string;
  /** Counts from 1. */
  number: number;
  command: Command;
  /** A function that is called instead of the command; only the local runner can. */
  calls?: FunctionCall;
  /** Functions of the task that are called around the command, in the same Lua state. Default: none. */
  hooks?: readonly TaskHook[];
  /** What a Lua command and hooks are loaded from; a shell command alone does not need it. */
  workflow?: WorkflowSource;
  /** The group's working directory, absolute: the workspace. */
  workspace: string;
  /** The task's directory inside the workspace, relative; `""` is the workspace itself. */
  workdir: string;
  params: LuaTable;
  /** Outputs by task name of the tasks it depends on. */
  deps: LuaTable;
  /** Added to the environment that the runner's process has. */
  env: Record<string, string>;
  /** File creation mask, as the master's. */
  umask: number;
  /** Time limit in milliseconds. Absent: none. */
  timeoutMs?: number;
  /** Between TERM and KILL, in milliseconds. */
  graceMs: number;
  /** What the workflow calls the agent on which it runs, which Lua has as `ctx.agent`. Absent: the master's machine. */
  agent?: string;
}

/** A condition of the task, whose boolean is the result's `outputs`, or a function of the group. */
export type FunctionCall =
  | { field: "run_if" | "abort_if" }
  | { field: GroupFunction; args: readonly LuaValue[] };

/** The bytes a workflow is loaded from again, and what makes the loading give the same model. */
export interface WorkflowSource {
  /** `encodeBundle` of `@sloth/dsl`. */
  bundle: Uint8Array;
  /** SHA-256 of `bundle`, hex. */
  bundleDigest: string;
  /** The workflow file inside the bundle. */
  file: string;
  context: LoadContext;
  modelHash: string;
}

/** What a remote attempt does before its command starts, and after it has ended. */
export type TransferStage = "sync" | "return";

/** How far a transfer is. */
export interface Transferred {
  doneBytes: number;
  totalBytes: number;
}

/** What happens during one attempt, in order. */
export type TaskEvent =
  /** This agent was chosen, by its name or address; another one may follow if it is lost before the start. Remote only. */
  | { type: "placed"; agent: string }
  /** Waits for a slot; `position` counts from 1. Remote only. */
  | { type: "queued"; position: number }
  /**
   * A stage around the command begins: the workspace goes there, or what changed comes back. `slots`: how many tasks
   * run there at once. Remote only.
   */
  | { type: "stage"; stage: TransferStage; slots?: number }
  /** How far a transfer is that takes long; at most ten a second. Remote only. */
  | ({ type: "transfer"; stage: TransferStage } & Transferred)
  /** The command starts now. `agent` is the agent's name or address when it is not here. */
  | { type: "started"; agent?: string }
  | { type: "output"; stream: "stdout" | "stderr"; bytes: Uint8Array }
  /** `by`: absent for what the task logs; `sloth` for what is said of it. */
  | { type: "log"; record: LogRecord; by?: "sloth" }
  | { type: "result"; result: TaskResult };

/**
 * - `failed`: the task said so (exit code, `false`, an error in its code), or its changes conflict.
 * - `lost`: the infrastructure failed: an agent that cannot be reached, that went away, or a sync that broke.
 */
export type TaskStatus = "succeeded" | "failed" | "timed-out" | "cancelled" | "lost";

export interface TaskResult {
  status: TaskStatus;
  /** Of a shell command, or what a Lua function gave to `os.exit`. */
  exitCode?: number;
  /** That ended a shell command, for example `SIGKILL`. */
  signal?: string;
  /** What the task returned as its message, or why it failed; for a person. */
  message?: string;
  /** Lua traceback of an error in the task's code. */
  traceback?: string;
  /** What a Lua command returned as its third value. */
  outputs?: LuaValue;
  /** What Lua code has exported, for whoever started the run. */
  exports?: LuaTable;
  /** What came back into the workspace of a delegated task. */
  changes?: ChangeCounts;
}

export interface ChangeCounts {
  added: number;
  modified: number;
  deleted: number;
}
