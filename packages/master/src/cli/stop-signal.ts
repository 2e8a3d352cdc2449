import { exitCodeOfSignal } from "./exit-code.js";

/** The wish to stop, from Ctrl-C, `kill`, or a terminal that was closed. */
export interface StopSignal {
  /** Aborted by the first signal, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
  readonly received: NodeJS.Signals | undefined;
  /** Gives the signals back to Node. */
  forget(): void;
}

export interface StopOptions {
  /** What the first signal does, for the user. */
  action?: string;
  /** Shows the user a line. Default: writes it to stderr. */
  say?(line: string): void;
}

/** How a stream fails that nobody reads any more: a pipe, and a terminal. */
const GONE = ["EPIPE", "EIO"];

/** Listens for signals: the first one stops the run, which ends its tasks properly; a second one ends at once. */
export function onStopSignal({
  action = "stopping the tasks",
  say = toStderr,
}: StopOptions = {}): StopSignal {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  function stop(signal: NodeJS.Signals): void {
    // A terminal that is closed may say so more than once.
    if (received && signal === "SIGHUP") return;
    if (received) process.exit(exitCodeOfSignal(signal));
    received = signal;
    say(`sloth: ${signal}: ${action}; once more to leave at once`);
    controller.abort(new Error(`interrupted by ${signal}`));
  }
  const onGone = (error: NodeJS.ErrnoException) => {
    // Such as a full disk below a redirected output.
    if (!GONE.includes(error.code ?? ""))
      say(`sloth: the output cannot be written (${error.code}); ${action}`);
    controller.abort(new Error("nobody reads the output any more"));
  };
  const streams = [process.stdout, process.stderr];
  for (const signal of SIGNALS) process.on(signal, stop);
  for (const stream of streams) stream.on("error", onGone);
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    forget() {
      for (const signal of SIGNALS) process.off(signal, stop);
      for (const stream of streams) stream.off("error", onGone);
    },
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
