import type { MessagePort } from "node:worker_threads";
import type {
  CallArguments,
  CallKind,
  Command,
  CommandOutcome,
  EndedCall,
  FunctionAddress,
  HostCalls,
  LogRecord,
  TaskHook,
} from "@sloth/dsl";
import type { FunctionCall, TaskResult, WorkflowSource } from "../task-runner.js";

/*
 * The conversation with a worker:
 *
 * 1. Worker → host: `ready`, when its modules are loaded.
 * 2. Host → worker: a `LuaJob`.
 * 3. Worker → host: `print`, `log`, and `call`, whose answers it waits for (`blocking-call.ts`).
 * 4. Worker → host: `done` or `broken`, after which nothing of the job is left. Where it is clean, back to 2.
 */

/** Everything that a worker needs to call a task's function. */
export interface LuaJob {
  source: WorkflowSource;
  address: Omit<FunctionAddress, "field">;
  command: Command;
  hooks: readonly TaskHook[];
  /** Called instead of the command and its hooks. */
  calls?: FunctionCall;
  args: CallArguments;
  /** How the task has ended, where only `on_failure` is to be called. */
  ended?: TaskOutcome;
  /** Of the task. */
  environment: Record<string, string | undefined>;
  umask: number;
  memoryLimitBytes: number;
  /** The directory that its files are kept to, beside the temporary one. Undefined: all that this user can reach. */
  confinedTo: string | undefined;
  /** Whether tasks can be run elsewhere from here. */
  delegates: boolean;
  /** For temporary files. Made by the worker when it is needed, removed by the host. */
  temporaryDirectory: string;
  /** Where answers arrive. */
  answers: MessagePort;
  /** Of `blocking-call.ts` and `OutputCredit`. */
  shared: SharedArrayBuffer;
}

export type WorkerMessage =
  | { type: "ready" }
  | { type: "print"; stream: "stdout" | "stderr"; bytes: Uint8Array; sizeBytes: number }
  | { type: "log"; record: LogRecord; sizeBytes: number }
  | { type: "call"; id: number; call: WorkerCall }
  /** `isClean`: the worker may get another job. */
  | { type: "done"; outcome: TaskOutcome; isClean: boolean }
  /** The function could not be called, or the call was broken off. */
  | { type: "broken"; message: string; traceback?: string };

/** How the task ended; the exit code or the signal of a shell command; what its Lua code has exported. */
export type TaskOutcome = CommandOutcome & Pick<TaskResult, "exitCode" | "signal" | "exports">;

/** What a worker asks of its host. */
export type WorkerCall =
  | { [Kind in CallKind]: { kind: Kind; request: HostCalls[Kind]["request"] } }[CallKind]
  /** The command of the task, where that is one of the shell. */
  | { kind: "shell"; script: string };

/** `stopped`: the task is being ended, so the call is not carried out. */
export type HostAnswer =
  | { id: number; outcome: EndedCall["outcome"] | TaskOutcome }
  | { id: number; stopped: true };
