/**
 * What a Lua function can reach. The Lua library is written against this interface alone, so the same
 * functions run on the master and on an agent.
 *
 * Every call blocks the Lua state until it returns; the implementer decides how (a worker thread blocks
 * on its parent; a test answers at once). Calls never overlap within one state. A failure that a script
 * can handle is part of the return value or a thrown {@link HostError}, which the library turns into the
 * documented `value, err`; anything else that is thrown ends the task.
 */
export interface Host {
  /** The task's working directory, absolute. Relative paths of the library start here. */
  readonly workdir: string;
  /** A variable of the task's environment. */
  env(name: string): string | undefined;
  /** A log record; shown live. */
  log(record: LogRecord): void;
  /** Bytes that the script prints; shown live, in order. */
  print(bytes: Uint8Array): void;
  /** Runs a process to its end. Its output streams live as well as being returned. */
  exec(request: ExecRequest): ExecOutcome;
  /** File access; paths are absolute already. */
  readonly fs: HostFileSystem;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogRecord {
  level: LogLevel;
  message: string;
  /** Optional structured fields, as given. */
  fields?: import("./model.js").LuaTable;
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

export interface FileStat {
  kind: "file" | "directory" | "symlink" | "other";
  sizeBytes: number;
  /** The nine permission bits. */
  mode: number;
  modifiedAt: number;
}
