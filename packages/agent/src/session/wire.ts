/** Turns what a master sends into the runtime's words, and what the runtime tells into frames. */
import { isAbsolute, normalize } from "node:path/posix";
import { isLuaTable, type LuaTable, TASK_HOOKS } from "@sloth/dsl";
import {
  type Attach,
  type Encoding,
  type ExecuteResponse,
  encodingOf,
  type Finished,
  fromWireValue,
  LogLevel,
  type Open,
  OutputStream,
  ProtocolError,
  Status,
  SUPPORTED_PROTOCOLS,
  type TaskSpec,
  toWireValue,
  WIRE_LIMITS,
} from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskResult, WorkflowSource } from "@sloth/runtime";
import type { ScanRules, WorkspaceIdentity } from "@sloth/workspace";
import type { AttemptName } from "../events/agent-event.js";

/** Longest time limit that is honoured: what a timer of Node can count. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What an attempt has on this machine. */
interface LocalTerms {
  workspace: string;
  bundle: Uint8Array | undefined;
  longestGraceMs: number;
}

/** An `Open` whose fields have been checked. */
export interface CheckedOpen {
  attempt: AttemptName;
  idempotencyKey: string;
  /** What both ends can. */
  features: readonly string[];
  /** Between TERM and KILL, in milliseconds. */
  graceMs: number;
  leaseMs: number;
  bundle: { digest: string; sizeBytes: number } | undefined;
  /** Which workspace of which master. */
  workspace: WorkspaceIdentity;
  rules: ScanRules;
  keepIgnored: boolean;
  /** How transfers may be compressed. */
  encoding: Encoding | undefined;
  /** Makes the attempt once its workspace and bundle are there. */
  toAttempt(local: LocalTerms): Attempt;
}

/** An `Open` that joins an attempt. @throws {ProtocolError} UNEXPECTED_FRAME */
export function checkAttach({ idempotencyKey, attach }: Open): { idempotencyKey: string; attach: Attach } {
  require(/^[0-9a-f]{32}$/.test(idempotencyKey), "idempotency_key");
  require(attach, "attach");
  return { idempotencyKey, attach };
}

/** The one function that an `Open` that starts an attempt enters through. @throws {ProtocolError} UNEXPECTED_FRAME or LIMIT. */
export function checkOpen(open: Open): CheckedOpen {
  const { attempt, task, bundle } = open;
  require(open.protocol >= SUPPORTED_PROTOCOLS.min && open.protocol <= SUPPORTED_PROTOCOLS.max, "protocol");
  require(attempt?.runId && attempt.task && attempt.number >= 1, "attempt");
  require(/^[0-9a-f]{32}$/.test(open.idempotencyKey), "idempotency_key");
  require(open.workspace?.id && open.workspace.root, "workspace");
  require(task?.command, "task");
  require(isInside(task.workdir), "workdir");
  require(task.umask <= 0o777, "umask");
  require(task.command.$case === "shell" || bundle, "bundle");
  if (bundle && bundle.sizeBytes > WIRE_LIMITS.bundleBytes) {
    throw new ProtocolError(
      "LIMIT",
      `The workflow and what it imports exceed ${WIRE_LIMITS.bundleBytes} bytes.`,
    );
  }
  const name: AttemptName = {
    runId: attempt.runId,
    group: attempt.group,
    task: attempt.task,
    number: attempt.number,
  };
  return {
    attempt: name,
    idempotencyKey: open.idempotencyKey,
    features: open.features,
    graceMs: task.graceMs,
    leaseMs: Math.min(open.leaseMs || WIRE_LIMITS.leaseMs, WIRE_LIMITS.maxLeaseMs),
    bundle: bundle && { digest: bundle.digest, sizeBytes: bundle.sizeBytes },
    workspace: { id: open.workspace.id, root: open.workspace.root },
    rules: {
      patterns: open.rules?.ignore ?? [],
      gitignore: open.rules?.gitignore ?? false,
      includeGit: open.rules?.syncGit ?? false,
    },
    keepIgnored: open.rules?.keepIgnored ?? false,
    encoding: encodingOf(open.features),
    toAttempt: (local) => ({
      ...name,
      ...commandOf(task, bundle?.digest, local.bundle),
      workspace: local.workspace,
      workdir: task.workdir,
      params: tableOf(task.params),
      deps: tableOf(task.deps),
      env: task.env,
      umask: task.umask,
      timeoutMs: task.timeoutMs === undefined ? undefined : Math.min(task.timeoutMs, LONGEST_TIMER_MS),
      graceMs: Math.min(task.graceMs, local.longestGraceMs),
      ...(task.agent && { agent: task.agent }),
    }),
  };
}

function commandOf(
  { command, hooks, hooksIn }: TaskSpec,
  bundleDigest = "",
  bundle: Uint8Array | undefined,
): Pick<Attempt, "command" | "hooks" | "workflow"> {
  const source = command?.$case === "lua" ? command.lua : hooksIn;
  const workflow = source && bundle && workflowOf(source, bundleDigest, bundle);
  const known = TASK_HOOKS.filter((hook) => hooks.includes(hook));
  for (const hook of hooks) require(known.some((one) => one === hook) && workflow, "hooks");
  const called = { hooks: known, ...(workflow && { workflow }) };
  if (command?.$case === "shell") return { command: { kind: "shell", script: command.shell }, ...called };
  require(command && workflow && command.lua.field === "command", "lua");
  return { command: { kind: "lua", at: { file: workflow.file, line: 0 } }, ...called };
}

function workflowOf(
  { file, modelHash, context }: NonNullable<TaskSpec["hooksIn"]>,
  bundleDigest: string,
  bundle: Uint8Array,
): WorkflowSource {
  return {
    bundle,
    bundleDigest,
    file,
    modelHash,
    context: {
      clockMs: context?.clockMs ?? 0,
      values: tableOf(context?.values),
      environment: environmentOf(tableOf(context?.environment)),
    },
  };
}

function tableOf(value: TaskSpec["params"]): LuaTable {
  const plain = fromWireValue(value);
  if (plain === null) return {};
  require(isLuaTable(plain), "params");
  return plain;
}

function environmentOf(table: LuaTable): Record<string, string | null> {
  for (const value of Object.values(table))
    require(value === null || typeof value === "string", "environment");
  return table as Record<string, string | null>;
}

function isInside(workdir: string): boolean {
  return !isAbsolute(workdir) && !workdir.includes("\0") && !normalize(workdir).split("/").includes("..");
}

function require(condition: unknown, field: string): asserts condition {
  if (!condition)
    throw new ProtocolError("UNEXPECTED_FRAME", `The field ${field} of Open is missing or wrong.`);
}

/** Numbers the output of one attempt and turns it into frames of at most {@link WIRE_LIMITS.pieceBytes}. */
export class OutputFrames {
  #seq = 0;
  readonly #offsets = { stdout: 0, stderr: 0 };

  *of(event: TaskEvent): Generator<ExecuteResponse> {
    if (event.type === "output") yield* this.#output(event.stream, event.bytes);
    if (event.type === "log") yield this.#log(event.record);
  }

  *#output(stream: "stdout" | "stderr", bytes: Uint8Array): Generator<ExecuteResponse> {
    for (let start = 0; start < bytes.length; start += WIRE_LIMITS.pieceBytes) {
      const data = bytes.subarray(start, start + WIRE_LIMITS.pieceBytes);
      const output = { seq: ++this.#seq, stream: outputStreams[stream], offset: this.#offsets[stream], data };
      this.#offsets[stream] += data.length;
      yield { frame: { $case: "output", output } };
    }
  }

  #log({ level, message, fields }: Extract<TaskEvent, { type: "log" }>["record"]): ExecuteResponse {
    const log = {
      seq: ++this.#seq,
      level: logLevels[level],
      message,
      fields: fields && toWireValue(fields),
    };
    return { frame: { $case: "log", log } };
  }
}

const outputStreams = {
  stdout: OutputStream.OUTPUT_STREAM_STDOUT,
  stderr: OutputStream.OUTPUT_STREAM_STDERR,
};

const logLevels = {
  debug: LogLevel.LOG_LEVEL_DEBUG,
  info: LogLevel.LOG_LEVEL_INFO,
  warn: LogLevel.LOG_LEVEL_WARN,
  error: LogLevel.LOG_LEVEL_ERROR,
};

/** The frame that tells how an attempt ended. */
export function finishedFrame(result: TaskResult, changesFollow: boolean, captureUs = 0): ExecuteResponse {
  const finished: Finished = {
    status: statuses[result.status],
    exitCode: result.exitCode,
    signal: result.signal ?? "",
    message: result.message,
    traceback: result.traceback ?? "",
    outputs: result.outputs === undefined ? undefined : toWireValue(result.outputs),
    exports: result.exports && toWireValue(result.exports),
    changesFollow,
    captureUs,
  };
  return { frame: { $case: "finished", finished } };
}

const statuses: Record<TaskResult["status"], Status> = {
  succeeded: Status.STATUS_SUCCEEDED,
  failed: Status.STATUS_FAILED,
  "timed-out": Status.STATUS_TIMED_OUT,
  cancelled: Status.STATUS_CANCELLED,
  // The runner of this machine never says so: it is the master's word.
  lost: Status.STATUS_FAILED,
};
