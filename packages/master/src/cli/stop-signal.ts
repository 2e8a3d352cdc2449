/** The wish to stop, from Ctrl-C or `kill`. */
export interface StopSignal {
  /** Aborted by the first signal, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
  readonly received: NodeJS.Signals | undefined;
  /** Gives the signals back to Node. */
  forget(): void;
}

/** Listens for signals: the first one stops the run, which ends its tasks properly; a second one ends at once. */
export function onStopSignal(action = "stopping the tasks"): StopSignal {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  function stop(signal: NodeJS.Signals): void {
    if (received) process.exit(signal === "SIGINT" ? 130 : 143);
    received = signal;
    process.stderr.write(`sloth: ${signal}: ${action}; once more to leave at once\n`);
    controller.abort(new Error(`interrupted by ${signal}`));
  }
  const onBrokenPipe = (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    controller.abort(new Error("nobody reads the output any more"));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.stdout.on("error", onBrokenPipe);
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    forget() {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      process.stdout.off("error", onBrokenPipe);
    },
  };
}
