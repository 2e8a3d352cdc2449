/** A process that is to lead a group, in a session of its own. */
export interface Launch {
  /** A path, or a name to be looked up in the PATH of `environment`. */
  file: string;
  argv0: string;
  args: string[];
  /** Where it runs, absolute. */
  directory: string;
  /** The whole of it. */
  environment: NodeJS.ProcessEnv;
  /** Descriptors of this process, which stay open until the process has started. Absent: nothing. */
  stdio?: [stdin: number, stdout: number, stderr: number];
}

export interface Launched {
  pid: number;
  /** Rejects with a {@link RuntimeError} LAUNCHER_LOST when nobody is left who could tell. */
  exited: Promise<ExitStatus>;
}

/** One of both. */
export interface ExitStatus {
  exitCode?: number;
  signal?: string;
}

/** A process that could not be started, for a reason which the task can be told. */
export class StartFailure extends Error {
  override name = "StartFailure";
}

/** What Node tells of a process that it could not start. Plain data. */
export interface StartError {
  code?: string | undefined;
  message: string;
}

export function startFailure({ file }: Pick<Launch, "file">, { code, message }: StartError): StartFailure {
  // A code of Node's own says less than its message.
  const reason = code === undefined || code.startsWith("ERR_") ? message : code;
  return new StartFailure(
    `cannot start ${file}: ${code === "E2BIG" ? "its arguments are too long" : reason}`,
  );
}

export function exitStatus(code: number | null, signal: string | null): ExitStatus {
  return signal === null ? { exitCode: code ?? 0 } : { signal };
}
