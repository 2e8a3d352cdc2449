/** Turns an attempt into what is sent, and what an agent tells into the runtime's words. */
import { randomBytes } from "node:crypto";
import { isLuaTable, type LogLevel as LogLevelName, type LogRecord, type LuaTable } from "@sloth/dsl";
import {
  type Attach,
  type ExecuteResponse,
  type Finished,
  fromWireValue,
  LogLevel,
  type Open,
  OutputStream,
  type PlainValue,
  ProtocolError,
  Status,
  type TaskSpec,
  toWireValue,
  type WorkspaceRules,
} from "@sloth/protocol";
import type { Attempt, TaskResult, WorkflowSource } from "@sloth/runtime";
import type { Workspace } from "@sloth/workspace";

type Frame = NonNullable<ExecuteResponse["frame"]>;
export type LogFrame = Extract<Frame, { $case: "log" }>["log"];

export interface OpenOptions {
  /** What `Hello` agreed on. */
  agent: { protocol: number; features: readonly string[] };
  rules: WorkspaceRules;
  leaseMs: number;
}

/** The first frame of an attempt, with a new idempotency key. */
export function openFrame(
  attempt: Attempt,
  workspace: Workspace,
  { agent: { protocol, features }, rules, leaseMs }: OpenOptions,
): Open {
  const { runId, group, task, number } = attempt;
  return {
    protocol,
    attempt: { runId, group, task, number },
    idempotencyKey: randomBytes(16).toString("hex"),
    workspace: { id: workspace.id, root: workspace.root },
    task: {
      command: commandOf(attempt),
      workdir: attempt.workdir,
      params: toWireValue(attempt.params),
      deps: toWireValue(attempt.deps),
      env: attempt.env,
      umask: attempt.umask,
      timeoutMs: attempt.timeoutMs,
      graceMs: attempt.graceMs,
      hooks: [...(attempt.hooks ?? [])],
      hooksIn: hasHooks(attempt) ? functionIn(attempt, "") : undefined,
      agent: attempt.agent ?? "",
    },
    bundle: bundleOf(attempt),
    leaseMs,
    attach: undefined,
    rules,
    features: [...features],
  };
}

/** The first frame of a further stream of the attempt that `open` has begun. */
export function attachFrame(open: Open, agent: OpenOptions["agent"], attach: Attach): Open {
  const { idempotencyKey, attempt } = open;
  const { protocol, features } = agent;
  return {
    ...{ protocol, features: [...features], attempt, idempotencyKey, attach },
    ...{ workspace: undefined, task: undefined, bundle: undefined, rules: undefined, leaseMs: 0 },
  };
}

function commandOf({ command, workflow }: Attempt): TaskSpec["command"] {
  if (command.kind === "shell") return { $case: "shell", shell: command.script };
  return { $case: "lua", lua: functionIn({ workflow }, "command") };
}

function functionIn({ workflow }: Pick<Attempt, "workflow">, field: string) {
  if (!workflow) throw new Error("An attempt that calls Lua needs its workflow.");
  const { file, modelHash, context } = workflow;
  return { file, field, modelHash, context: wireContext(context) };
}

function hasHooks({ hooks = [] }: Attempt): boolean {
  return hooks.length > 0;
}

function wireContext({ clockMs, values, environment }: WorkflowSource["context"]) {
  return {
    clockMs,
    values: values && toWireValue(values),
    environment: environment && toWireValue(environment),
  };
}

function bundleOf(attempt: Attempt): Open["bundle"] {
  const { command, workflow } = attempt;
  if ((command.kind === "shell" && !hasHooks(attempt)) || !workflow) return undefined;
  return { digest: workflow.bundleDigest, sizeBytes: workflow.bundle.length };
}

/** @throws {ProtocolError} UNEXPECTED_FRAME for fields that are no table. */
export function logRecordOf({ level, message, fields }: LogFrame): LogRecord {
  return {
    level: logLevels[level] ?? "info",
    message,
    fields: fields && tableOf(fromWireValue(fields), "a log record with malformed fields"),
  };
}

function tableOf(value: PlainValue, otherwise: string): LuaTable {
  if (!isLuaTable(value)) throw new ProtocolError("UNEXPECTED_FRAME", `The agent sent ${otherwise}.`);
  return value;
}

const logLevels: Partial<Record<LogLevel, LogLevelName>> = {
  [LogLevel.LOG_LEVEL_DEBUG]: "debug",
  [LogLevel.LOG_LEVEL_INFO]: "info",
  [LogLevel.LOG_LEVEL_WARN]: "warn",
  [LogLevel.LOG_LEVEL_ERROR]: "error",
};

/** @throws {ProtocolError} UNEXPECTED_FRAME for a stream that this version does not know. */
export function streamOf(stream: OutputStream): "stdout" | "stderr" {
  if (stream === OutputStream.OUTPUT_STREAM_STDOUT) return "stdout";
  if (stream === OutputStream.OUTPUT_STREAM_STDERR) return "stderr";
  throw new ProtocolError("UNEXPECTED_FRAME", "The agent sent output of an unknown stream.");
}

/** @throws {ProtocolError} UNEXPECTED_FRAME for a status that this version does not know, and exports that are no table. */
export function resultOf(finished: Finished): TaskResult {
  const status = statuses[finished.status];
  if (!status) throw new ProtocolError("UNEXPECTED_FRAME", "The agent sent an unknown status.");
  return {
    status,
    exitCode: finished.exitCode,
    signal: finished.signal || undefined,
    message: finished.message,
    traceback: finished.traceback || undefined,
    outputs: finished.outputs && fromWireValue(finished.outputs),
    exports: finished.exports && tableOf(fromWireValue(finished.exports), "malformed exports"),
  };
}

const statuses: Partial<Record<Status, TaskResult["status"]>> = {
  [Status.STATUS_SUCCEEDED]: "succeeded",
  [Status.STATUS_FAILED]: "failed",
  [Status.STATUS_TIMED_OUT]: "timed-out",
  [Status.STATUS_CANCELLED]: "cancelled",
};
