import type { Delegation, Environment, FunctionAddress, LuaTable, LuaValue } from "./model.js";

/**
 * What a Lua function can reach. The Lua library is written against this interface alone, so the same
 * functions run on the master and on an agent.
 *
 * Every function blocks the Lua state until it returns; the implementer decides how (a worker thread blocks
 * on its parent; a test answers at once). What takes time is begun by {@link begin}, so that several such calls
 * can be under way, and {@link next} waits for them. A failure that a script can handle is part of the outcome or
 * a thrown {@link HostError}, which the library turns into the documented `value, err`; anything else that is
 * thrown ends the task.
 */
export interface Host {
  /** The task's working directory, absolute. Relative paths of the library start here. */
  readonly workdir: string;
  /** A variable of the task's environment. */
  env(name: string): string | undefined;
  /** A log record; shown live. */
  log(record: LogRecord): void;
  /** Bytes that the script prints; shown live, in order. Default: as standard output. */
  print(bytes: Uint8Array, stream?: "stdout" | "stderr"): void;
  /** Whether tasks can be run elsewhere from here: on the master, not on an agent. */
  readonly delegates: boolean;
  /** Values that the run gives at its end; of those with the same name the last one counts. */
  export(values: LuaTable): void;
  /** Starts something that takes time. Gives the number that {@link next} knows it by. */
  begin<Kind extends CallKind>(kind: Kind, request: HostCalls[Kind]["request"]): number;
  /** Blocks until one of the calls that were begun has ended, whichever is first. Gives each of them once. */
  next(): EndedCall;
  /** File access; paths are absolute already. */
  readonly fs: HostFileSystem;
}

/** What takes time: what is asked for, and what comes of it. */
export interface HostCalls {
  /** A process, to its end. Its output streams live as well as being returned. */
  exec: { request: ExecRequest; outcome: ExecOutcome };
  /** A task that is run elsewhere. Its output streams live as well as being returned. */
  task: { request: TaskRequest; outcome: RemoteOutcome };
  /** A request over HTTP, to the end of its answer. */
  http: { request: HttpRequest; outcome: HttpOutcome };
}

export type CallKind = keyof HostCalls;

export interface EndedCall {
  id: number;
  /** Of the kind that was begun under this number. */
  outcome: HostCalls[CallKind]["outcome"];
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogRecord {
  level: LogLevel;
  message: string;
  /** Optional structured fields, as given. */
  fields?: LuaTable;
}

export interface ExecRequest {
  /** Run by `bash -c` (`sh -c` where there is no bash) unless `argv` is given. */
  command: string;
  /** Absolute. Default: the task's working directory. */
  workdir?: string;
  /** Added to the task's environment. */
  env?: Record<string, string>;
  /** Bytes for its standard input. Default: empty. */
  stdin?: Uint8Array;
  /** Milliseconds after which its process tree is stopped. Default: none. */
  timeoutMs?: number;
  /** The shell that runs `command` by `-c`. */
  shell?: string;
  /**
   * What becomes of its output, where that is not to be both shown and returned:
   * - `shown`: nothing of it is returned.
   * - `returned`: standard output is returned alone; standard error is shown as well.
   */
  output?: "shown" | "returned";
}

export interface ExecOutcome {
  success: boolean;
  stdout: Uint8Array;
  stderr: Uint8Array;
  /** Absent when a signal ended it or it could not be started. */
  exitCode?: number;
  /** For example `SIGTERM`. */
  signal?: string;
  /** Why it could not be started, or that the time limit ended it. */
  error?: string;
}

/** A task that a function runs elsewhere. */
export interface TaskRequest {
  name: string;
  delegateTo: Delegation;
  /** A script of the shell, or a task of the workflow. */
  command:
    | { kind: "shell"; script: string }
    | ({ kind: "declared" } & Pick<FunctionAddress, "group" | "task">);
  params: LuaTable;
  /** Added to the environment there. */
  env: Environment;
  /** Absolute. Default: the task's working directory. */
  workdir?: string;
  /** Milliseconds after which it is stopped. Default: none. */
  timeoutMs?: number;
}

export interface RemoteOutcome extends ExecOutcome {
  /** What it said, or why it failed. */
  message?: string;
  /** Of a Lua function. */
  outputs?: LuaValue;
  exports?: LuaTable;
}

export interface HttpRequest {
  url: string;
  /** In capitals. */
  method: string;
  headers: Record<string, string>;
  body?: Uint8Array;
  /** Milliseconds for all of it; with `saveTo`, until the next bytes arrive. */
  timeoutMs: number;
  /** Whether redirects are followed. */
  follow: boolean;
  /** Where the body goes instead of into the answer, absolute. A status of 400 or more is an error then. */
  saveTo?: string;
}

/** Whatever status it has, an answer is one. */
export type HttpOutcome = HttpAnswer | { error: string };

export interface HttpAnswer {
  status: number;
  /** By name in small letters; several of one name are joined by `, `. */
  headers: Record<string, string | Uint8Array>;
  body: Uint8Array;
}

/** A failure that a script can handle, such as "No such file or directory". */
export class HostError extends Error {
  override name = "HostError";
  constructor(
    message: string,
    /** For example `ENOENT`. */
    readonly code?: string,
  ) {
    super(message);
  }
}

/** Each may throw {@link HostError}. Bytes in, bytes out. */
export interface HostFileSystem {
  /** Opens a file, or a device; refuses pipes and sockets. Whoever opens it closes it. */
  open(path: string, mode: OpenMode): HostFile;
  read(path: string): Uint8Array;
  /** Replaces the content. */
  write(path: string, bytes: Uint8Array): void;
  append(path: string, bytes: Uint8Array): void;
  exists(path: string): boolean;
  /** Makes missing parents too; an existing directory is not an error. */
  mkdir(path: string): void;
  /** Removes a file, a link or an empty directory. */
  remove(path: string): void;
  /** Removes a tree without following links. An absent path is not an error. */
  removeTree(path: string): void;
  /** Names, sorted by bytes. */
  list(path: string): string[];
  /** A fresh path in a temporary directory that is removed with the attempt. */
  temporaryName(): string;
  copy(from: string, to: string): void;
  move(from: string, to: string): void;
  /** Of the path itself, links not followed. Times in seconds. */
  stat(path: string): FileStat;
  /** Paths relative to `directory` that match a glob (`*`, `?`, `[…]`, `**`), sorted. */
  glob(directory: string, pattern: string): string[];
}

/** As in C: `r+` needs the file to be there, `w` and `w+` empty it, `a` and `a+` write at its end alone. */
export type OpenMode = "r" | "w" | "a" | "r+" | "w+" | "a+";

/**
 * An open file without a position of its own. Each function may throw {@link HostError}; positions count
 * bytes, and mean nothing to a device.
 */
export interface HostFile {
  /** Fills the start of `buffer`; gives how many bytes, 0 at the end. */
  read(buffer: Uint8Array, position: number): number;
  /** Writes all of `bytes` at once: others see it. A file opened to append writes at its end instead. */
  write(bytes: Uint8Array, position: number): void;
  sizeBytes(): number;
  close(): void;
}

export interface FileStat {
  kind: "file" | "directory" | "symlink" | "other";
  sizeBytes: number;
  /** The nine permission bits. */
  mode: number;
  modifiedAt: number;
}
