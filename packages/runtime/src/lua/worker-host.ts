import type { EndedCall, Host, HostFileSystem, LogRecord, LuaTable } from "@sloth/dsl";
import { confineFiles } from "../policy/confined-files.js";
import { takeAnswer } from "./blocking-call.js";
import { createFileSystem } from "./file-system.js";
import { OutputCredit } from "./output-credit.js";
import type { HostAnswer, LuaJob, TaskOutcome, WorkerCall, WorkerMessage } from "./worker-messages.js";

/** What one message costs beside its content. */
const MESSAGE_BYTES = 128;

/** A print that is larger goes in pieces, so that one message is never larger than the credit. */
const PIECE_BYTES = 64 * 1024;

interface WorkerHost extends Host {
  /** What was exported; undefined where nothing was. */
  exported(): LuaTable | undefined;
}

/** What the Lua function of `job` can reach: files directly, the rest by the thread that started this one. */
export function createWorkerHost(
  job: LuaJob,
  post: (message: WorkerMessage) => void,
  calls: WorkerCalls,
): WorkerHost {
  const credit = new OutputCredit(job.shared);
  const environment = new Map(Object.entries(job.environment));
  let exports: LuaTable | undefined;
  return {
    workdir: job.args.ctx.workdir,
    fs: filesOf(job),
    env: (name) => environment.get(name),
    log: (record) => {
      const sizeBytes = MESSAGE_BYTES + recordBytes(record);
      credit.spend(sizeBytes);
      post({ type: "log", record, sizeBytes });
    },
    print: (bytes, stream = "stdout") => {
      for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
        // A copy: posting a view would copy the whole memory that it looks at.
        const piece = new Uint8Array(bytes.subarray(start, start + PIECE_BYTES));
        const sizeBytes = MESSAGE_BYTES + piece.length;
        credit.spend(sizeBytes);
        post({ type: "print", stream, bytes: piece, sizeBytes });
      }
    },
    export: (values) => {
      exports = Object.assign(exports ?? Object.create(null), values);
    },
    exported: () => exports,
    delegates: job.delegates,
    begin: (kind, request) => calls.begin({ kind, request } as WorkerCall),
    next: () => calls.next() as EndedCall,
  };
}

function filesOf(job: LuaJob): HostFileSystem {
  const files = createFileSystem(job);
  return job.confinedTo === undefined ? files : confineFiles(files, [job.confinedTo, job.temporaryDirectory]);
}

/** The calls of one worker to its host. */
export class WorkerCalls {
  #begun = 0;

  constructor(
    private readonly job: LuaJob,
    private readonly post: (message: WorkerMessage) => void,
  ) {}

  begin(call: WorkerCall): number {
    const id = ++this.#begun;
    this.post({ type: "call", id, call });
    return id;
  }

  /** Waits for an answer. @throws when the task is being ended, so that the call is not carried out */
  next(): { id: number; outcome: EndedCall["outcome"] | TaskOutcome } {
    const answer = takeAnswer<HostAnswer>(this.job.shared, this.job.answers);
    if ("stopped" in answer) throw new Error("The task is being stopped");
    return answer;
  }

  /** Runs the command of a task, which is one of the shell, and gives how it ended. No other call is under way. */
  runShell(script: string): TaskOutcome {
    this.begin({ kind: "shell", script });
    return this.next().outcome as TaskOutcome;
  }
}

function recordBytes({ message, fields }: LogRecord): number {
  if (!fields) return message.length;
  const text = JSON.stringify(fields, (_, value) => (typeof value === "bigint" ? String(value) : value));
  return message.length + text.length;
}
